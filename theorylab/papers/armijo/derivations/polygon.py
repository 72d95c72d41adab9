"""Item 6.11: Lojasiewicz exponents of two-term polynomials, and the one-neuron polynomial losses [secondary]."""

import sympy as sp

from theorylab.papers.armijo.derivations.lojasiewicz import lojasiewicz
from theorylab.papers.armijo.derivations.symbols import theta, x
from theorylab.theory import Chain, Domain, Rate, derivation

y = sp.Symbol("y", positive=True)
X, V = sp.symbols("X V", positive=True)  # x^2 and |y|
s = sp.Symbol("s", positive=True)  # distance along a ray
w = sp.Symbol("w", real=True)  # argument of the polynomials
POLYNOMIALS = {
    "polyTwo": w**2 - 1,
    "polyThree": 2 * w**3 - 3 * w**2 + 5,
    "polyFour": w**4 - 2 * w**2 + 3,
    "polyFive": w**5 - 4 * w**4 + 2 * w**3 + 8 * w**2 - 11 * w - 12,
    "polyEight": 35 * w**8 - 360 * w**7 + 1540 * w**6 - 3528 * w**5 + 4620 * w**4 - 3360 * w**3 + 1120 * w**2 + 1,
}  # [secondary]


@derivation("theta: 5/6 for the cusp, 3/4 for the cross, 3/4 at double roots and quartic minima of polynomial losses")
def newton_polygon(chain: Chain) -> None:
    """[derived] from the author's functions [secondary]; loss (P(b)^2 + P(w+b)^2)/4, two inputs 0 and 1."""
    _curves(chain)
    _factors(chain)
    for name in POLYNOMIALS:
        _minima(chain, name)


def along(f, path):
    """Exponent that f and |grad f| need along a path s -> 0+: order of the gradient over order of f."""
    squared = sp.powsimp(sp.expand(sum(sp.diff(f, v) ** 2 for v in path).subs(path)))
    value = sp.expand(f.subs(path))
    return value, squared, Rate.of(squared, s, "0+").power / 2 / Rate.of(value, s, "0+").power


def _curves(chain):
    cusp, cross = (x**2 - y**3) ** 2, x**2 * y**2
    axes = {"x": {x: s, y: sp.S.Zero}, "y": {x: sp.S.Zero, y: s}}
    found = {}
    for name, path in axes.items():
        value, squared, found[name] = along(cusp, path)
        order = chain.equal(sp.expand(sp.cancel(s * sp.diff(value, s) / value)), 4 if name == "x" else 6,
                            f"cusp on the {name}-axis: order of f")  # fmt: skip
        chain.equal(sp.cancel(s * sp.diff(squared, s) / squared) / 2 / order, found[name],
                    f"cusp on the {name}-axis: order of the gradient over that of f")  # fmt: skip
    chain.equal(found["x"], sp.Rational(3, 4), "the x-axis asks for theta = 3/4")
    cusp_theta = chain.equal(found["y"], sp.Rational(5, 6), "the y-axis for theta = 5/6")
    _enough(chain, cusp)
    value, squared, cross_theta = along(cross, {x: s, y: s})
    chain.equal(squared, 8 * s**6, "cross on the diagonal: squared gradient", pins=[lambda l, r: (value, s**4)])
    chain.equal(cross_theta, sp.Rational(3, 4), "it asks for theta = 3/4")
    chain.at_least(
        sp.cancel((sp.diff(cross, x) ** 2 + sp.diff(cross, y) ** 2) / cross), 8 * sp.sqrt(cross),
        "which is enough: G^2 >= 8 f^(3/2)", contact=({x: y},), hint="slack",
        pins=[lambda l, r: (l, 4 * (x**2 + y**2)), lambda l, r: (r, 8 * x * y)],
    )  # fmt: skip
    exponents = lojasiewicz()["eps_exponent"]
    for name, own in (("cusp", cusp_theta), ("cross", cross_theta)):
        chain.result(**{f"{name}_theta": own, f"{name}_exponent": exponents.subs(theta, own)})
    chain.equal(exponents.subs(theta, cusp_theta), sp.Rational(4, 5), "exponent of the cusp")
    chain.equal(exponents.subs(theta, cross_theta), sp.Rational(2, 3), "exponent of the cross")


def _enough(chain, cusp):
    """theta = 5/6 for |x| <= 1: f^5 <= G^6/512, with X = x^2, Y = |y|^3 = V^3 and |x^2 - y^3| <= X + Y."""
    Y = sp.Symbol("Y", positive=True)
    root = x**2 - y**3
    squared = sum(sp.diff(cusp, v) ** 2 for v in (x, y))
    chain.equal(squared, 4 * cusp * (4 * x**2 + 9 * y**4), "G^2 of the cusp", hint="expand")
    fourth = chain.at_most(
        (X + Y) ** 4, 8 * (X**4 + Y**4), "|x^2 - y^3|^4 <= (X + Y)^4", contact=({X: Y},), hint="slack",
        pins=[lambda l, r: (l.subs({X: x**2, Y: -(y**3)}), cusp**2), lambda l, r: (r.subs(Y, X), l.subs(Y, X))],
    )  # fmt: skip
    inside = {X: Domain(0, 1)}
    third = chain.at_most(fourth, 8 * (X**3 + Y**4), "|x| <= 1", domains=inside, contact=({X: 1},), hint="slack",
                          pins=[lambda l, r: (r - l, 8 * X**3 * (1 - X)), lambda l, r: (l, fourth)])  # fmt: skip
    chain.at_most(
        third.subs(Y, V**3), (4 * X + 9 * V**4) ** 3 / 8, "so root^4 <= (4 x^2 + 9 y^4)^3/8", contact=({V: 0},),
        hint="slack", pins=[lambda l, r: ((r * 8).subs({X: x**2, V: y}) * (4 * root**2) ** 3, squared**3),
                            lambda l, r: (l, third.subs(Y, V**3))],
    )  # fmt: skip


def _factors(chain):
    quoted = {
        "polyThree": ((w + 1) * (2 * w**2 - 5 * w + 5), 6 * w * (w - 1)),
        "polyFive": ((w - 3) * (w + 1) ** 2 * (w**2 - 3 * w + 4), (w - 1) ** 2 * (w + 1) * (5 * w - 11)),
        "polyEight": (None, 280 * w * (w - 1) ** 3 * (w - 2) ** 3),
    }
    for name, (itself, slope) in quoted.items():
        P = POLYNOMIALS[name]
        if itself is not None:
            chain.result(**{f"{name}_factors": chain.equal(P, itself, f"{name}: factors", hint="expand")})
        slope = chain.equal(sp.diff(P, w), slope, f"{name}: factors of the derivative", hint="expand")
        chain.result(**{f"{name}_slope": slope})
    for name, factor in (("polyThree", 2 * w**2 - 5 * w + 5), ("polyFive", w**2 - 3 * w + 4)):
        chain.equal(sp.rem(POLYNOMIALS[name], factor, w), 0, f"{name}: the quadratic factor")
        (middle,) = sp.solve(sp.diff(factor, w), w)
        least = chain.at_least(
            factor, factor.subs(w, middle), f"{name}: its least value", contact=({w: middle},), hint="slack",
            pins=[lambda l, r, f=factor: (-4 * r * sp.LC(f, w), sp.discriminant(f, w)),
                  lambda l, r, f=factor: (l, f)],
        )  # fmt: skip
        chain.at_least(least, 0, f"{name}: which is positive, so it has no real root", hint="slack",
                       pins=[lambda l, r, f=factor, at=middle: (l - r, f.subs(w, at)),
                             lambda l, r: (r, 0)])  # fmt: skip


def _minima(chain, name):
    """Real zeros of (P^2)'; a minimum of order 2n of P^2 has theta = 1 - 1/(2n)."""
    square = sp.expand(POLYNOMIALS[name] ** 2)
    places, lowest = [], None
    for at in sorted(sp.real_roots(sp.diff(square, w), multiple=False), key=lambda pair: pair[0]):
        at = at[0]
        around = sp.expand(square.subs(w, at + s))
        level = around.subs(s, 0)
        bump = Rate.of(around - level, s, "0+")
        if bump.power % 2 or bump.constant < 0:
            continue  # an inflection or a maximum
        chain.law(around - level, s, f"{name}: P^2 rises on both sides of {at}", direction="0+",
                  pins=[lambda l, r, n=bump.power: (s * sp.diff(r, s), n * r),
                        lambda l, r, a=at, v=level: (l + v, POLYNOMIALS[name].subs(w, a + s) ** 2)])  # fmt: skip
        slope = Rate.of(sp.diff(around, s), s, "0+")
        value = chain.equal(slope.power / bump.power, 1 - 1 / bump.power, f"{name}: theta at {at}")
        places.append(sp.Tuple(at, level, value))
        lowest = level if lowest is None else min(lowest, level)
    total = chain.equal((lowest + lowest) / 4, lowest / 2, f"{name}: f* = (P^2 + P^2)/4 at the lowest of them")
    chain.result(**{f"{name}_minima": sp.Tuple(*places), f"{name}_f_star": total,
                    f"{name}_theta": max(value for _, level, value in places if level == lowest)})  # fmt: skip
