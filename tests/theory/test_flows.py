"""From growth to rate."""

import pytest
import sympy as sp

from theorylab.theory import Rate, Undecided, check_step
from theorylab.theory.flows import power_flow, recursion_law

A, q, u, u0, t, k = sp.symbols("A q u u_0 t k", positive=True)


def test_the_flow_of_a_power_satisfies_its_equation_and_starts_right():
    flow = power_flow(A, q, u0, t)
    assert [check_step(step, prove=False).strength.name for step in flow.steps] == ["TESTED"] * 4
    quartic = flow.solution.subs({q: 2, A: 4, u0: 1})
    assert sp.simplify(quartic - 1 / sp.sqrt(1 + 8 * t)) == 0


@pytest.mark.parametrize("order", [sp.Rational(3, 2), 2, 3, 5])
def test_a_recursion_has_the_law_that_its_iterates_follow(order):
    phi = u - u**order / 10 + u ** (2 * order)
    law = recursion_law(phi, u, k)
    step = sp.lambdify(u, phi, "math")
    start = value = 0.02 if order < 2 else 0.3
    steps, excess = 200_000, float(order) - 1
    for _ in range(steps):
        value = step(value)
    assert (value**-excess - start**-excess) / law(float(steps)) ** -excess == pytest.approx(1, abs=0.02)


def test_a_recursion_without_higher_order_decrease_is_refused():
    for phi in (u / 2, u - u / sp.log(1 / u), u + u**2):
        with pytest.raises(Undecided):
            recursion_law(phi, u, k)


def test_the_recursion_of_sin_has_the_classical_constant():
    assert recursion_law(sp.sin(u), u, k) == Rate(sp.sqrt(3), k, -sp.Rational(1, 2))
