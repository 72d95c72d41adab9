"""S3, 5.6: the conjugate of b exp(x^2/(2a)), and two bounds of Lambert's W."""

import sympy as sp

from theorylab.papers.cocob.derivations.symbols import W, a, b, s, v, w, x, y, z
from theorylab.theory import Chain, Domain, derivation

SHARE = sp.Rational(6321, 10000)  # [quoted]
POTENTIAL = b * sp.exp(x**2 / (2 * a))
Z = w * sp.exp(w)


@derivation("Conjugate of b exp(x^2/2a): y sqrt(a)(sqrt W - 1/sqrt W), W = W(a y^2/b^2), below y sqrt(a ln(1+..)) - b")
def conjugate(chain: Chain) -> None:
    """S3 [derived], 5.6 [quoted], in the parameter w: a y^2/b^2 = w e^w."""
    slope = chain.equal(sp.diff(POTENTIAL, x).subs(x, sp.sqrt(a * w)), b * sp.sqrt(w / a) * sp.exp(w / 2),
                        "the slope at x = sqrt(a w) is y", hint="powers")  # fmt: skip
    chain.equal(a * slope**2 / b**2, Z, "so w = W(a y^2/b^2)", hint="powers")
    value = sp.sqrt(a * w) * slope - POTENTIAL.subs(x, sp.sqrt(a * w))
    value = chain.equal(value, b * sp.exp(w / 2) * (w - 1), "x y - f(x) there", hint="powers")
    lambert = y * sp.sqrt(a) * (sp.sqrt(W) - 1 / sp.sqrt(W))
    chain.equal(value, lambert.subs({W: w, y: slope}), "in y", hint="powers")
    chain.at_least(
        POTENTIAL + value, x * slope, "Fenchel-Young: no other x gives more", contact=({x: sp.sqrt(a * w)},),
        hint="convex", domains={x: Domain(-100, 100), a: Domain(1, 100), w: Domain(0, 50)},
        pins=[lambda l, r: (l - value, POTENTIAL), lambda l, r: (r, x * slope),
              lambda l, r: (l.subs(x, 0) - b, value)],
    )  # fmt: skip
    upper = _upper(chain)
    _lower(chain)
    simple = _simple(chain, value, slope, upper)
    argument = a * y**2 / b**2
    exact = {W: sp.LambertW(argument)}
    chain.result(
        conjugate=lambert.subs(exact), conjugate_in_W=b * sp.exp(W / 2) * (W - 1), argument=argument,
        simple=simple, share=SHARE, lambert_lower=SHARE * sp.log(1 + z), lambert_upper=sp.log(1 + z),
    )  # fmt: skip


def _upper(chain):
    chain.at_most(
        sp.exp(w), 1 + Z, "W(z) <= ln(1+z): e^w <= 1 + w e^w", domains={w: Domain(0, sp.oo)}, contact=({w: 0},),
        hint="monotone", pins=[lambda l, r: (r - 1, w * l), lambda l, r: (sp.log(l), w)],
    )  # fmt: skip
    return sp.log(1 + Z)


def _lower(chain):
    """share ln(1+z) <= W(z), z = w e^w: e^((1+r) w) - 1 - w e^w vanishes at 0 and rises; 1 + r = 1/share."""
    r = 1 / SHARE - 1
    excess = sp.exp((1 + r) * w) - 1 - Z
    near = {w: Domain(0, 100)}
    chain.equal(excess.subs(w, 0), 0, "W(z) >= share ln(1+z): equality at z = 0")
    inner = chain.equal(sp.diff(excess, w) * sp.exp(-w), (1 + r) * sp.exp(r * w) - 1 - w,
                        "slope of e^(w/share) - 1 - z, over e^w", hint="powers", domains=near)  # fmt: skip
    series = chain.at_least(
        sp.exp(s), 1 + s + s**2 / 2, "e^s >= 1 + s + s^2/2, here with s = r w", domains={s: Domain(0, sp.oo)},
        contact=({s: 0},), hint="monotone",
        pins=[lambda l, rhs: (l, sp.exp(s)), lambda l, rhs: (rhs - s**2 / 2, 1 + s)],
    )  # fmt: skip
    lowest = ((1 + r) * series - 1 - s / r).subs(s, r * w)
    chain.at_least(
        sp.expand(lowest), 0, "so that slope is positive", hint="slack",
        pins=[lambda l, rhs: (l - (1 + r) * (series.subs(s, r * w) - sp.exp(r * w)), inner),
              lambda l, rhs: (rhs, 0)], domains=near,
    )  # fmt: skip


def _simple(chain, value, slope, upper):
    """f* <= y sqrt(a ln(1+a y^2/b^2)) - b."""
    middle = chain.at_most(
        value, b * (w * sp.exp(w / 2) - 1), "f* = b e^(w/2)(w-1) is at most b w e^(w/2) - b",
        domains={w: Domain(0, sp.oo)}, contact=({w: 0},), hint="monotone",
        pins=[lambda l, r: (l, value), lambda l, r: (r + b, sp.sqrt(a * w) * slope)],
    )  # fmt: skip
    # v stands for ln(1+z) >= w
    form = sp.sqrt(a) * y * sp.sqrt(v) - b
    chain.at_most(
        sp.sqrt(w) * sp.sqrt(w), sp.sqrt(w) * sp.sqrt(v), "w <= ln(1+z) = v once more", hint="monotone",
        domains={w: Domain(0, sp.oo), v: Domain(w, sp.oo)}, contact=({v: w},),
        pins=[lambda l, r: (b * (l * sp.exp(w / 2) - 1), middle),
              lambda l, r: (b * (r * sp.exp(w / 2) - 1), form.subs(y, slope))],
    )  # fmt: skip
    simple = y * sp.sqrt(a * sp.log(1 + a * y**2 / b**2)) - b
    chain.equal(simple.subs(y, slope), form.subs({y: slope, v: upper}), "in y", hint="powers",
                domains={w: Domain(0, 100)})  # fmt: skip
    return simple
