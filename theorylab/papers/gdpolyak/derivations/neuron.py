"""S10: two ReLU neurons learn one: the loss is cubic along the ravine. Item 6.9: the naive loss is not."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.gd_rate import gd_rate
from theorylab.papers.gdpolyak.derivations.polyak_step import polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import c, eta, k, p, r, u
from theorylab.theory import Chain, Domain, derivation

alpha = sp.Symbol("alpha", positive=True)
V = sp.Symbol("V", positive=True)  # |v|, the norm of the teacher
C = sp.Symbol("C", positive=True)
t = sp.Symbol("t", positive=True)  # an angle
INSIDE = {alpha: Domain(0, 1)}


def _h(cross: sp.Expr, dot: sp.Expr, angle: sp.Expr) -> sp.Expr:
    """h(a, b) = |a||b| (sin t - t cos t)/(2 pi), from |a||b| sin t, |a||b| cos t and t."""
    return (cross - angle * dot) / (2 * sp.pi)


@derivation("Two neurons, one teacher: f = C |w|^3 + ..., C = 1/(3 pi alpha (1 - alpha) |v|), so p = 3")
def neuron(chain: Chain) -> None:
    """S10 [derived]: w1 = alpha v + w, w2 = (1 - alpha) v - w with w perpendicular to v, |w| = r."""
    beta = 1 - alpha
    first, second = sp.atan(r / (alpha * V)), sp.atan(r / (beta * V))  # angles of w1 and w2 with v
    between = _h(r * V, alpha * beta * V**2 - r**2, first + second)
    f = between - _h(r * V, alpha * V**2, first) - _h(r * V, beta * V**2, second)
    chain.equal(sp.tan(first), r * V / (alpha * V**2), "angle of w1 with v: cross over dot product", domains=INSIDE)
    chain.equal(
        (sp.tan(first) + sp.tan(second)) / (1 - sp.tan(first) * sp.tan(second)), r * V / (alpha * beta * V**2 - r**2),
        "angle between w1 and w2, on opposite sides of v: the sum of both", domains=INSIDE,
    )  # fmt: skip
    # each h ~ |a||b| t^3/(6 pi): the leading terms add up to the cube
    constant = sp.Rational(1, 3) / (sp.pi * alpha * beta * V)
    derivatives = [f]
    for _ in range(3):
        derivatives.append(sp.diff(derivatives[-1], r))
    taylor = sum(d.subs(r, 0) * r**n / sp.factorial(n) for n, d in enumerate(derivatives))
    chain.equal(taylor, constant * r**3, "Taylor: no term below r^3 survives", domains=INSIDE)
    law = chain.tends(f, constant * r**3, r, "f ~ C r^3", direction="0+", domains=INSIDE,
                      pins=[lambda l, rhs: (l, f), lambda l, rhs: (rhs, taylor)])  # fmt: skip
    order = sp.simplify(r * sp.diff(sp.log(law), r))
    chain.equal(order, 3, "order of growth along the ravine")

    distance = sp.sqrt(2) * r
    chain.equal(sp.sqrt(r**2 + (-r) ** 2), distance, "both neurons move by r: the distance is sqrt(2) r")
    in_distance = {p: order, c: sp.simplify(C * r**3 / distance**3)}
    gd_law = gd_rate()["gap_law"].subs(in_distance)
    chain.equal(gd_law.expr, 8 / (27 * C**2 * eta**3 * k**3), "law of GD, c = C/2^(3/2) in the distance", hint="powers")
    step = {name: value.subs(p, order) for name, value in polyak_step().results.items()}
    for name, expected in (("distance_factor", (2, 3)), ("gap_factor", (8, 27)), ("step_growth", (3, 2))):
        chain.equal(step[name], sp.Rational(*expected), f"Polyak step at p = 3: {name.replace('_', ' ')}")
    chain.result(constant=constant, order=order, distance=distance, gd_gap_law=gd_law, gd_gap_exponent=-gd_law.power,
                 polyak_distance_factor=step["distance_factor"], polyak_gap_factor=step["gap_factor"],
                 step_growth=step["step_growth"])  # fmt: skip


@derivation("The naive neuron loss is 11/8 of the true one at small angles")
def naive_neuron(chain: Chain) -> None:
    """Item 6.9 [derived]: c = 1 - d is exact, but the machine returns 1 - 2d for c^2 once d^2 < 2^-54."""
    d = sp.Symbol("d", positive=True)
    exact_square, machine_square = sp.expand((1 - d) ** 2), 1 - 2 * d
    angle = {d: 1 - sp.cos(t)}
    exact_root, machine_root = sp.sin(t), 2 * sp.sin(t / 2)  # both positive for an angle in (0, pi)
    chain.equal((1 - exact_square).subs(angle), exact_root**2, "exact: 1 - c^2 = sin^2 t", hint="simplify")
    chain.equal((1 - machine_square).subs(angle), machine_root**2, "machine: 1 - c^2 = 2d",
                hint="simplify")  # fmt: skip
    true, naive = exact_root - t * sp.cos(t), machine_root - t * sp.cos(t)
    chain.tends(true, t**3 / 3, t, "sin t - t cos t ~ t^3/3", direction="0+",
                pins=[lambda l, r_: (sp.diff(l, t), t * sp.sin(t)), lambda l, r_: (sp.diff(r_, t), t**2)])  # fmt: skip
    error = chain.law((naive - true) / true, t, "relative error of the naive loss", direction="0+",
                      pins=[lambda l, r_: (l, naive / true - 1),
                            lambda l, r_: (r_, 3 * sp.limit((naive - true) / t**3, t, 0))])  # fmt: skip
    chain.equal(error.constant, sp.Rational(3, 8), "which is 3/8")
    ratio = 1 + error.constant
    factor = 1 - ratio / 3
    chain.equal(factor, 1 - ratio * (1 - neuron()["polyak_distance_factor"]), "Polyak step with a loss 11/8 as large")
    stepsize = polyak_step()["stepsize"].subs(p, 3)
    chain.equal(stepsize.subs(u, factor * u) / stepsize, 1 / factor, "stepsizes grow by the inverse factor")
    chain.result(relative_error=error.constant, ratio=ratio, distance_factor=factor, gap_factor=factor**3,
                 step_growth=1 / factor)  # fmt: skip
