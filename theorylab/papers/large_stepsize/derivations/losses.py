"""Section 4's table of losses (Proposition 5), Lemma 32's constant and Theorem 35 for any loss of the table."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import C_b, C_g, a, eta, l_0, lam, n, rho, x, y, z
from theorylab.theory import Chain, Domain, derivation

LOGISTIC, EXP, POLY = "logistic", "exp", "poly"
LOSS = {  # [quoted]; a branch for z > 0 and one for z <= 0, written with Max
    LOGISTIC: sp.log(1 + sp.exp(-z)),
    EXP: sp.exp(-a * sp.Max(z, 0)) + a * sp.Max(-z, 0),
    POLY: (1 + sp.Max(z, 0)) ** (-a) + a * sp.Max(-z, 0),
}
SLOPE = {  # g = -l' [derived]
    LOGISTIC: 1 / (1 + sp.exp(z)),
    EXP: a * sp.exp(-a * sp.Max(z, 0)),
    POLY: a * (1 + sp.Max(z, 0)) ** (-a - 1),
}
STEEPEST = {LOGISTIC: sp.S.One, EXP: a, POLY: a}  # [quoted] C_g
SMOOTH = {LOGISTIC: sp.E / 2, EXP: sp.Max(a, a * sp.exp(a) / 2, 1), POLY: sp.Max(a, (a + 1) * 2**a)}  # [quoted] C_b
TAIL = {LOGISTIC: sp.Integer(2), EXP: 1 / a}  # [quoted] C_e; the polynomial tail has none
RHO = {LOGISTIC: 1 + sp.log(lam) ** 2, EXP: 1 + sp.log(lam) ** 2 / a**2, POLY: 2 * lam ** (2 / (a + 2))}  # [quoted]
RISING = {x: Domain(0, sp.oo)}


@derivation("Logistic, flattened exponential and flattened polynomial loss: the constants of Proposition 5")
def loss_constants(chain: Chain) -> None:
    """Section 4 [quoted], proved here but for the quadratic upper bound with C_b, which claims test on grids."""
    for name in LOSS:
        _slope(chain, name)
    _steepest(chain)
    _tail_and_value(chain)
    _rho(chain)
    for name in LOSS:
        found = {"l": LOSS[name], "g": SLOPE[name], "Cg": STEEPEST[name], "Cb": SMOOTH[name], "rho": RHO[name]}
        chain.result(**{f"{name}_{key}": value for key, value in found.items()})
    chain.result(**{f"{name}_Ce": value for name, value in TAIL.items()})


def _slope(chain, name):
    loss, slope = LOSS[name], SLOPE[name]
    right, left = loss.subs(z, x), loss.subs(z, -x)
    chain.equal(-sp.diff(right, x), slope.subs(z, x), f"{name}: g = -l' for z > 0", hint="simplify")
    chain.equal(sp.diff(left, x), slope.subs(z, -x), f"{name}: g = -l' for z < 0", hint="simplify")
    chain.equal(right.subs(x, 0), left.subs(x, 0), f"{name}: l is continuous at 0")
    chain.equal(slope.subs(z, x).subs(x, 0), slope.subs(z, -x).subs(x, 0), f"{name}: and so is g")


def _steepest(chain):
    """g <= C_g: y = e^-z in place of the logistic margin, the value at 0 for the flattened losses."""
    chain.at_most(
        y / (1 + y), STEEPEST[LOGISTIC], "logistic: g <= C_g, y = e^-z", domains={y: Domain(0, sp.oo)}, hint="slack",
        pins=[lambda l, r: (l.subs(y, sp.exp(-z)), SLOPE[LOGISTIC]), lambda l, r: (r - l, 1 / (1 + y))],
    )  # fmt: skip
    for name in (EXP, POLY):
        chain.at_most(SLOPE[name].subs(z, x), STEEPEST[name], f"{name}: g <= C_g for z > 0", domains=RISING,
                      contact=({x: 0},), hint="monotone",
                      pins=[lambda l, r, f=LOSS[name]: (l, -sp.diff(f.subs(z, x), x)),
                            lambda l, r: (r, l.subs(x, 0))])  # fmt: skip
        chain.equal(SLOPE[name].subs(z, -x), STEEPEST[name], f"{name}: g = C_g for z <= 0")


def _tail_and_value(chain):
    """l <= C_e g for z >= 0, and g <= C_b l (for the flattened losses already with a, which C_b covers)."""
    near = {z: Domain(-100, 100)}
    in_y = {y: Domain(0, 1)} | near
    value, slope = sp.log(1 + y), y / (1 + y)
    chain.equal(value.subs(y, sp.exp(-z)), LOSS[LOGISTIC], "logistic: l in y = e^-z", domains=near)
    chain.at_most(
        value,
        TAIL[LOGISTIC] * slope,
        "logistic: l <= C_e g for z >= 0",
        domains=in_y,
        contact=({y: 0},),
        hint="monotone",
        pins=[
            lambda l, r: (l.subs(y, sp.exp(-z)), LOSS[LOGISTIC]),
            lambda l, r: (r.subs(y, sp.exp(-z)), TAIL[LOGISTIC] * SLOPE[LOGISTIC]),
        ],
    )
    everywhere = {y: Domain(0, sp.oo)} | near
    chain.at_most(slope, value, "logistic: g <= l", domains=everywhere, contact=({y: 0},), hint="monotone",
                  pins=[lambda l, r: (l.subs(y, sp.exp(-z)), SLOPE[LOGISTIC]),
                        lambda l, r: (r.subs(y, sp.exp(-z)), LOSS[LOGISTIC])])  # fmt: skip
    chain.at_most(value, SMOOTH[LOGISTIC] * value, "logistic: so g <= C_b l", domains=everywhere, contact=({y: 0},),
                  hint="monotone", pins=[lambda l, r: (l.subs(y, sp.exp(-z)), LOSS[LOGISTIC]),
                                         lambda l, r: (r / l, SMOOTH[LOGISTIC])])  # fmt: skip
    chain.equal(LOSS[EXP].subs(z, x), TAIL[EXP] * SLOPE[EXP].subs(z, x), "exp: l = C_e g for z > 0", hint="powers")
    for name in (EXP, POLY):
        right, left = (LOSS[name].subs(z, at) for at in (x, -x))
        quotient = sp.powsimp(SLOPE[name].subs(z, x) / right)
        chain.equal(SLOPE[name].subs(z, x), quotient * right, f"{name}: g/l for z > 0", hint="powers")
        if name == EXP:
            chain.equal(quotient, a, "exp: it is a")
        else:
            chain.at_most(quotient, a, "poly: it is at most a", domains=RISING, contact=({x: 0},), hint="slack",
                          pins=[lambda l, r, f=right: (l * f, SLOPE[POLY].subs(z, x)),
                                lambda l, r: (r, l.subs(x, 0))])  # fmt: skip
        chain.at_most(SLOPE[name].subs(z, -x), a * left, f"{name}: g <= a l for z <= 0", domains=RISING,
                      contact=({x: 0},), hint="slack", pins=[lambda l, r, f=left: (r, a * f)])  # fmt: skip


def _rho(chain):
    """rho(lam) = min_z lam l(z) + z^2 is at most its value at a z of our choice [derived]."""
    at = {name: lam * LOSS[name] + z**2 for name in LOSS}
    chain.at_most(
        sp.log(1 + y), y, "ln(1+y) <= y, here with y = 1/lam", domains={y: Domain(0, 1)}, contact=({y: 0},),
        hint="monotone",
        pins=[lambda l, r: (l / y + sp.log(y) ** 2, at[LOGISTIC].subs(z, sp.log(lam)).subs(lam, 1 / y)),
              lambda l, r: (r / y + sp.log(y) ** 2, RHO[LOGISTIC].subs(lam, 1 / y))],
    )  # fmt: skip
    chain.equal(at[EXP].subs(lam, sp.exp(a * x)).subs(z, x), RHO[EXP].subs(lam, sp.exp(a * x)),
                "exp: the bound is the value at z = ln(lam)/a", hint="simplify")  # fmt: skip
    chosen, excess = at[POLY].subs(lam, x ** (a + 2)).subs(z, x), sp.Symbol("h", positive=True)
    shrink = {excess: sp.log(1 + 1 / x)}
    chain.at_most(
        sp.exp(-a * excess), 1, "poly: (x/(1+x))^a <= 1 at z = x = lam^(1/(a+2))",
        domains={excess: Domain(0, sp.oo)}, contact=({excess: 0},), hint="monotone",
        pins=[lambda l, r: (x**2 * (l.subs(shrink) + 1), chosen),
              lambda l, r: (x**2 * (r + 1), RHO[POLY].subs(lam, x ** (a + 2)))],
    )  # fmt: skip


@derivation("Lemma 32: its proof gives 15, one less than the printed constant")
def lemma32(chain: Chain) -> None:
    """Item 6.12: the terms are the proof's [quoted]; that they add up to 15, as in Theorem 6, is [derived]."""
    first, factor = sp.Integer(5), sp.Rational(5, 2)  # [quoted]
    terms = sp.Rational(6, 8), sp.Rational(5, 4)  # [quoted]
    printed = sp.Integer(16)  # [quoted]
    bracket = chain.equal(sum(terms), 2, "the bracket")
    constant = chain.equal(first + factor * sum(terms) ** 2, first + factor * bracket**2, "the proof's constant")
    chain.at_least(printed, constant, "the printed inequality is weaker, hence true", hint="slack",
                   pins=[lambda l, r: (l, printed), lambda l, r: (r - first, factor * sum(terms) ** 2)])  # fmt: skip
    chain.result(constant=constant, printed=printed)


@derivation("Theorem 35: GD with any loss of the table, and a sharper average for linear predictors")
def general_bounds(chain: Chain) -> None:
    """Theorem 35 [quoted]; the average with factors 1 and 1/4 for GD from w_0 = 0 on linear data [derived]."""
    average = (9 * rho + (eta * C_g) ** 2) / lam  # [quoted]
    stable = 15 * rho / lam  # [quoted], with lam and rho at x = gamma^2 eta (t-s)
    threshold = sp.Min(1 / (12 * C_b**2 * eta), l_0 / n)  # [quoted]
    v, g, value = sp.symbols("v g l", positive=True)  # v = gamma |u_2|; a mean slope; l(z)
    (second,) = sp.solve(-2 * v + eta * C_g, v)
    chain.at_most(
        -2 * second * g + eta * g**2, 0, "2 <grad, u_2> + eta |grad|^2 <= 0 for |u_2| = eta C_g/(2 gamma)",
        domains={g: Domain(0, C_g)}, contact=({g: C_g},), hint="slack",
        pins=[lambda l, r: (sp.diff(l, g, 2), 2 * eta), lambda l, r: (l.subs(g, C_g), 0)],
    )  # fmt: skip
    ours = rho + (eta * C_g) ** 2 / 4
    chain.at_most(
        lam * value + (x + second) ** 2 / 2, ours.subs(rho, lam * value + x**2),
        "comparator z w*/gamma + u_2: lam times the average is at most rho + (eta C_g)^2/4", hint="slack",
        contact=({x: eta * C_g / 2},), pins=[lambda l, r: (r - lam * value, x**2 + second**2)],
    )  # fmt: skip
    chain.at_least(average, ours / lam, "Theorem 35's average is weaker", hint="slack",
                   pins=[lambda l, r: (lam * (l - r), 8 * rho + 3 * (eta * C_g) ** 2 / 4)])  # fmt: skip
    chain.equal(stable, lemma32()["constant"] * rho / lam, "the stable bound has the constant of Lemma 32's proof")
    sharp = {C_b: SMOOTH[LOGISTIC], l_0: LOSS[LOGISTIC].subs(z, 0)}
    chain.at_most((1 / (12 * C_b**2 * eta)).subs(sharp), 1 / eta, "logistic: the threshold is below Theorem 1's",
                  hint="slack", pins=[lambda l, r: (12 * SMOOTH[LOGISTIC] ** 2 * l, r)])  # fmt: skip
    chain.result(avg=average, stable=stable, threshold=threshold, avg_linear=ours / lam)
