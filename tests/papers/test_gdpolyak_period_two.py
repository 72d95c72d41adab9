"""The claims about one and two short steps can fail, and the derivation behind them agrees with an iteration."""

from theorylab.claims import Plan, find, try_claim
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.claims import period_two
from theorylab.papers.gdpolyak.derivations import one_short_step
from theorylab.papers.gdpolyak.derivations.symbols import a


def test_two_short_steps_counted_as_one_refute_the_factor_for_every_a(monkeypatch):
    monkeypatch.setattr(period_two, "GDPolyak", lambda stepsize, count: GDPolyak(stepsize, count - 1))
    assert try_claim(find("gdpolyak.k2-all-a"), Plan()).outcome == "REFUTED"


def test_long_steps_three_percent_too_short_refute_the_multiplier(monkeypatch):
    monkeypatch.setattr(period_two, "GDPolyak", lambda *values: GDPolyak(*values, factor=0.97))
    assert try_claim(find("gdpolyak.k1-threshold"), Plan()).outcome == "REFUTED"


def test_one_short_step_is_proved_and_meets_the_factor_of_the_slow_manifold():
    found = one_short_step()
    assert found.check(prove=False).ok
    assert found["factor_below"] == period_two.period_two()["k1_factor"]
    assert found["factor_beyond"].subs(a, found["threshold"]) == found["factor_below"]


def test_the_map_of_one_short_step_settles_at_the_derived_factor():
    v, x, y = 10.0, 0.3, 0.05
    for _ in range(200):
        for stepsize in (1 / (2 * v), None):
            n = y - x * x
            slope = (4 * x**3 - 4 * v * n * x, 2 * v * n)
            stepsize = stepsize or (x**4 + v * n * n) / (slope[0] ** 2 + slope[1] ** 2)
            before, x, y = x, x - stepsize * slope[0], y - stepsize * slope[1]
    assert abs(x / before - one_short_step()["factor_beyond"].subs(a, 10)) < 1e-3
