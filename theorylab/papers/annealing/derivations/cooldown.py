"""S6, item 5: schedules that stay at 1 and then cool down over a fraction c of the run, in closed form."""

import sympy as sp

from theorylab.papers.annealing.derivations.general import general_schedule, p_eff
from theorylab.papers.annealing.derivations.symbols import COOLDOWN, H_1, Q_1, H, Q, c, h, rho, x, y
from theorylab.theory import Chain, Domain, derivation

INSIDE = COOLDOWN | {x: Domain(0, c)}  # the cooldown
BEFORE = COOLDOWN | {x: Domain(c, 1)}  # the constant part


@derivation("Warm-stable-decay: exactly rho^(1/3) once rho^2 >= ((2-c)/c) Q(1), Q(1) = 2 + ln((2-c)/c)")
def wsd(chain: Chain) -> None:
    """S6 [derived]: h = min(1, x/c); rho is eta over the tuned eta."""
    ramp = x / c
    area = chain.equal(sp.integrate(ramp, x), x**2 / (2 * c), "H in the cooldown",
                       pins=[lambda _, r: (sp.diff(r, x), ramp)])  # fmt: skip
    cost = chain.equal(sp.integrate(ramp**2 / area, x), 2 * x / c, "Q in the cooldown",
                       pins=[lambda _, r: (sp.diff(r, x), ramp**2 / area)])  # fmt: skip
    late = {h: ramp, H: area, Q: cost}
    early = _plateau(chain, area.subs(x, c), cost.subs(x, c))
    q1 = chain.equal(early[Q].subs(x, 1), 2 + sp.log((2 - c) / c), "Q(1)", domains=COOLDOWN)
    h1 = chain.equal(early[H].subs(x, 1), 1 - c / 2, "H(1)")
    general = general_schedule()
    window = (2 * c**2 * H_1 * Q_1 / rho**2) ** sp.Rational(1, 3)
    chain.equal(general["window_condition"].subs(late).subs(x, window), 0, "the window of the cooldown", hint="powers")
    (pure,) = sp.solve(general["window_condition"].subs(late).subs({x: c, H_1: h1}), rho)
    pure = chain.equal(pure, sp.sqrt((2 - c) / c * Q_1), "it fits into the cooldown from this rho on", domains=COOLDOWN,
                       hint="powers", pins=[lambda l, _: (window.subs({H_1: h1, rho: l}), c)])  # fmt: skip
    loss = chain.equal(general["relative_loss"].subs(late).subs(x, window),
                       sp.Rational(3, 2) * (2 * H_1 / (c * Q_1**2)) ** sp.Rational(1, 3) * rho ** sp.Rational(1, 3),
                       "B/B* from there on", hint="ratio of powers")  # fmt: skip
    exponent = chain.equal(rho * sp.diff(sp.log(loss), rho), sp.Rational(1, 3), "exactly this exponent",
                           hint="simplify")  # fmt: skip
    chain.equal(p_eff(sp.Min(1, ramp))[1], exponent, "as the order at the end says")
    middle, local = _between(chain, early)
    values = {H_1: h1, Q_1: q1}
    chain.result(
        H1=h1, Q1=q1, window=window.subs(values), rho_pure=pure.subs(values), relative_loss=loss.subs(values),
        exponent=exponent, rho_c=general["rho_c"].subs(values), tuned_sharp=general["tuned_sharp"].subs(values),
        plateau_loss=middle.subs(values), plateau_exponent=local.subs(values),
    )  # fmt: skip
    at_pure = {rho: pure}
    chain.equal(loss.subs(at_pure).subs({H_1: h1}), middle.subs(at_pure).subs({H_1: h1}), "the two regimes join",
                domains=COOLDOWN, hint="simplify")  # fmt: skip


def _plateau(chain, area, cost):
    """H and Q of a window that reaches into the constant part, from their values at x = c."""
    area = chain.equal(area + sp.integrate(1, (y, c, x)), x - c + area, "H before the cooldown",
                       pins=[lambda _, r: (sp.diff(r, x), 1)])  # fmt: skip
    total = cost + sp.log(area / area.subs(x, c))
    chain.equal(sp.diff(total, x), 1 / area, "Q before the cooldown: its derivative is h^2/H", domains=BEFORE,
                hint="cancel")  # fmt: skip
    chain.equal(total.subs(x, c), cost, "and it starts at Q(c)", domains=COOLDOWN)
    return {h: sp.S.One, H: area, Q: total}


def _between(chain, early):
    """rho_c <= rho <= rho_pure: the window ends in the constant part, where h = 1."""
    general = general_schedule()
    rest = early[H] - x
    window = H_1 * Q_1 / rho**2 - rest
    chain.equal(general["window_condition"].subs(early).subs(x, window), 0, "a window that ends before the cooldown",
                hint="cancel")  # fmt: skip
    logarithm = sp.log(H_1 * Q_1 / (rho**2 * early[H].subs(x, c)))
    at_c = early[Q].subs(x, c)
    loss = chain.equal(general["relative_loss"].subs(early).subs(x, window), rho / (2 * Q_1) * (1 + at_c + logarithm),
                       "its B/B*", hint="simplify")  # fmt: skip
    local = general["local_exponent"].subs(early).subs(x, window)
    local = chain.equal(local, (at_c + logarithm - 1) / (1 + at_c + logarithm), "and local exponent", hint="simplify",
                        pins=[lambda l, _: (l, rho * sp.diff(sp.log(loss), rho))])  # fmt: skip
    return loss, local


@derivation("Square-root cooldown: h ~ x/(2c) vanishes to first order, so the exponent is 1/3, approached from below")
def sqrt_cooldown(chain: Chain) -> None:
    """S6 [derived]: h = 1 - sqrt(1 - x/c) in the cooldown; in y = sqrt(1 - x/c) everything is rational."""
    inside = COOLDOWN | {y: Domain(0, 1)}
    schedule = 1 - sp.sqrt(1 - x / c)
    law = chain.law(schedule, x, "h at the end of the run", direction="0+", domains=INSIDE,
                    pins=[lambda l, _: ((1 - l) ** 2, 1 - x / c), lambda _, r: (2 * c * r, x)])  # fmt: skip
    order, exponent = p_eff(schedule)
    chain.equal(x * sp.diff(sp.log(law.expr), x), order, "order at which h vanishes")
    exponent = chain.equal(exponent, sp.Rational(1, 3), "so the exponent is this",
                           pins=[lambda l, _: (1 / (2 * order + 1), l)])  # fmt: skip
    place = c * (1 - y**2)
    root = chain.equal(schedule.subs(x, place), 1 - y, "h in y", domains=inside, hint="simplify")
    area = chain.equal(
        sp.integrate(sp.expand(root * sp.diff(place, y)), (y, 1, y)),
        c / 3 * (1 - y) ** 2 * (1 + 2 * y),
        "H in y",
        hint="expand",
        pins=[lambda _, r: (sp.diff(r, y), root * sp.diff(place, y)), lambda _, r: (r.subs(y, 1), 0)],
    )
    density = chain.equal(root**2 / area, 3 / (c * (1 + 2 * y)), "h^2/H in y", domains=inside, hint="cancel")
    cost = 3 * (1 - y) - sp.Rational(3, 2) * sp.log(3 / (1 + 2 * y))
    chain.equal(sp.diff(cost, y), density * sp.diff(place, y), "Q in y: its derivative is that of the integral",
                domains=inside, hint="cancel")  # fmt: skip
    chain.equal(cost.subs(y, 1), 0, "and it starts at 0")
    early = _plateau(chain, area.subs(y, 0), cost.subs(y, 0))
    h1 = chain.equal(early[H].subs(x, 1), 1 - 2 * c / 3, "H(1)")
    q1 = chain.equal(early[Q].subs(x, 1), 3 - sp.Rational(3, 2) * sp.log(3) + sp.log((3 - 2 * c) / c), "Q(1)",
                     domains=COOLDOWN, hint="logs")  # fmt: skip
    general = general_schedule()
    at = {h: root, H: area, H_1: h1}
    (squared,) = sp.solve(general["window_condition"].subs(rho, sp.sqrt(x)).subs(at), x)
    squared = chain.equal(squared, (3 - 2 * c) * Q_1 / (c * (1 - y) ** 3 * (1 + 2 * y)),
                          "rho^2 whose window ends at y", domains=inside, hint="cancel",
                          pins=[lambda _, r: (r * root * area, h1 * Q_1)])  # fmt: skip
    local = general["local_exponent"].subs(rho, sp.sqrt(squared)).subs({H: area, Q: cost, H_1: h1})
    form = cost * (1 - y) ** -1
    local = chain.equal(local, (form - 1) / (form + 1), "local exponent there: b/a = Q/h", domains=inside,
                        hint="simplify")  # fmt: skip
    values = {Q_1: q1}
    chain.result(
        schedule=schedule, order=order, exponent=exponent, H1=h1, Q1=q1, rho_c=general["rho_c"].subs(values),
        tuned_sharp=general["tuned_sharp"].subs(values | {H_1: h1}), rho_of_window=sp.sqrt(squared.subs(values)),
        rho_cooldown=sp.sqrt(squared.subs(values).subs(y, 0)), local_exponent=local,
    )  # fmt: skip
