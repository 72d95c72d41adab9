"""D6, item 6.11: GD on ln F with a constant stepsize; and why the same does not follow for ln(e^L - 1)."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import eta, gamma, m_1, m_2, t, theta, x, y
from theorylab.theory import Chain, Domain, derivation

size = sp.Symbol("U", positive=True)  # |u_2|
slope = sp.Symbol("g", positive=True)  # norm of the gradient of ln F, at most 1


@derivation("GD on ln F: the average of ln F is at most -(eta/2)(gamma^2 t - 1) once gamma^2 t >= 1/2")
def adaptive_exp(chain: Chain) -> None:
    """D6 [derived]: ln F is convex, its gradient -sum q_i z_i has norm <= 1 and <grad, w*> <= -gamma."""
    split = -2 * gamma * size + eta * slope**2
    worst = chain.at_most(
        split, -2 * gamma * size + eta, "2 <grad, u_2> + eta |grad|^2 for u_2 along w*", hint="slack",
        domains={slope: Domain(0, 1)}, contact=({slope: 1},),
        pins=[lambda l, r: (sp.diff(l, slope), 2 * eta * slope), lambda l, r: (r, l.subs(slope, 1))],
    )  # fmt: skip
    (second,) = sp.solve(worst, size)
    chain.equal(worst.subs(size, second), 0, "it vanishes at |u_2| = eta/(2 gamma)")
    # u = (theta + |u_2|) w*, and ln F(theta w*) <= -gamma theta
    objective = -gamma * theta + (theta + second) ** 2 / (2 * eta * t)
    (best,) = sp.solve(sp.diff(objective, theta), theta)
    best = chain.equal(best, gamma * eta * t - eta / (2 * gamma), "the best comparator along w*")
    bound = -eta / 2 * (gamma**2 * t - 1)
    chain.equal(objective.subs(theta, best), bound, "its value")
    chain.at_least(
        objective, bound, "no comparator gives less", domains={theta: Domain(0, sp.oo)}, contact=({theta: best},),
        hint="convex", pins=[lambda l, r: (l.subs(theta, 0), second**2 / (2 * eta * t)),
                             lambda l, r: (sp.diff(r, t), -eta * gamma**2 / 2)],
    )  # fmt: skip
    (start,) = sp.solve(best, t)
    chain.at_least(best, 0, "it is admissible, theta >= 0, from t = 1/(2 gamma^2) on", hint="slack",
                   domains={t: Domain(start, sp.oo)}, contact=({t: start},),
                   pins=[lambda l, r: (l.subs(t, 2 * start), eta / (2 * gamma))])  # fmt: skip
    chain.result(theta=best, bound=bound, valid_from=start)


def _hessian(phi):
    return sp.hessian(phi, (m_1, m_2))


@derivation("ln(e^L - 1) of two margins is not convex for the mean L, while for the sum of losses it is")
def phi_hessian(chain: Chain) -> None:
    """Section 8, phi-convex [derived]. x = e^-m_1 and y = e^-m_2 make everything algebraic."""
    at = {m_1: -sp.log(x), m_2: -sp.log(y)}
    back = {x: sp.exp(-m_1), y: sp.exp(-m_2)}
    total = sp.log(1 + sp.exp(-m_1)) + sp.log(1 + sp.exp(-m_2))
    product = (1 + x) * (1 + y)

    entries = _hessian(sp.log(sp.exp(total) - 1))
    weights = x * y * (x * y) / (product - 1) ** 3
    sum_det = chain.equal(
        (entries[0, 0] * entries[1, 1] - entries[0, 1] ** 2).subs(at),
        weights,
        "sum: determinant of the Hessian, the product of three softmax weights",
        hint="cancel",
    )
    chain.at_least(sum_det, 0, "sum: it is positive everywhere (log-sum-exp of three affine functions)",
                   domains={x: Domain(0, sp.oo), y: Domain(0, sp.oo)}, hint="slack",
                   pins=[lambda l, r: (l * (product - 1) ** 3, (x * y) ** 2)])  # fmt: skip

    mean = sp.log(sp.exp(total / 2) - 1)
    entries = _hessian(mean)
    root = sp.sqrt(product)
    shapes = {
        (0, 0): x * root / (2 * (root - 1) * (1 + x) ** 2) - x**2 * root / (4 * (1 + x) ** 2 * (root - 1) ** 2),
        (0, 1): -x * y * root / (4 * product * (root - 1) ** 2),
    }
    shapes[1, 1] = shapes[0, 0].subs({x: y, y: x}, simultaneous=True)
    for place, shape in shapes.items():
        chain.equal(entries[place].subs(at), shape, f"mean: entry {place} of the Hessian", hint="simplify")
    determinant = sp.factor(shapes[0, 0] * shapes[1, 1] - shapes[0, 1] ** 2)
    chain.equal(determinant, (entries[0, 0] * entries[1, 1] - entries[0, 1] ** 2).subs(at), "mean: the determinant")
    witness = {m_1: -1, m_2: -3}
    there = [entries[place].subs(witness) for place in ((0, 0), (1, 1), (0, 1))]
    chain.at_most(determinant.subs(back).subs(witness), 0, "it is negative at the margins -1 and -3: not convex",
                  hint="slack",
                  pins=[lambda l, r: (l, there[0] * there[1] - there[2] ** 2), lambda l, r: (r, 0)])  # fmt: skip
    chain.result(hessian_11=shapes[0, 0].subs(back), hessian_22=shapes[1, 1].subs(back),
                 hessian_12=shapes[0, 1].subs(back), determinant=determinant.subs(back),
                 determinant_sum=sum_det.subs(back))  # fmt: skip
