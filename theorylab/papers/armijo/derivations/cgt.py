"""T8, item 6.9: a C^2 function with bounded curvature on which accepted unit steps need eps^-(2/(1+2 eta)) iterations.

After the construction of Cartis, Gould and Toint [secondary]; this one is [derived].
"""

import sympy as sp

from theorylab.papers.armijo.derivations.symbols import K, d, epsilon, eta, h, k, lam, nu, r, z
from theorylab.theory import Chain, Domain, derivation

c3, c4, c5 = sp.symbols("c_3 c_4 c_5", real=True)
s, X, F, X_next = sp.symbols("s X F X_next", positive=True)
v = sp.Symbol("v", positive=True)  # 1/(k+1)
b = sp.Symbol("b", positive=True)  # 2 eta
BETA = eta + sp.Rational(1, 2)
STEP = (k + 1) ** (-BETA)  # s_k, the gradient at the k-th iterate


@derivation("CGT: unit steps land where the slope is -s_k, gain d s_k^2, and N(eps) = ceil(eps^(-2/(1+2 eta))) - 1")
def cgt(chain: Chain) -> None:
    """T8 [derived]: f = F_k + s_k^2 q((x - X_k)/s_k) on [X_k, X_k + s_k]."""
    quintic = _hermite(chain)
    _hits(chain)
    _window(chain, quintic)
    _gap(chain)


def _hermite(chain):
    """Six conditions: value, slope and curvature at both ends."""
    power = sp.symbols("p_0:6", real=True)
    general = sum(coefficient * z**n for n, coefficient in enumerate(power))
    ends = {0: (0, -1, h), 1: (-d, -r, h)}
    conditions = [sp.diff(general, z, n).subs(z, end) - value for end, values in ends.items()
                  for n, value in enumerate(values)]  # fmt: skip
    (found,) = sp.solve(conditions, power, dict=True)
    quintic = general.subs(found)
    for end, values in ends.items():
        for n, value in enumerate(values):
            chain.equal(sp.diff(quintic, z, n).subs(z, end), value, f"derivative {n} of q at {end}")
    shown = (6 - 10 * d + 4 * r - h, -8 + 15 * d - 7 * r + h / 2, 3 - 6 * d + 3 * r)
    for n, form in enumerate(shown, 3):
        chain.equal(found[power[n]], form, f"coefficient of z^{n}")
    chain.equal(quintic, -z + h / 2 * z**2 + sum(form * z**n for n, form in enumerate(shown, 3)), "q")
    piece = F + s**2 * quintic.subs(z, (z - X) / s)
    chain.equal(sp.diff(piece, z).subs(z, X), -s, "the slope of f at X_k is -s_k", hint="cancel")
    chain.equal(sp.diff(piece, z).subs(z, X + s), -r * s, "the unit step lands where it is -s_{k+1} = -r s_k",
                hint="cancel")  # fmt: skip
    curved = sp.diff(piece, z, 2)
    chain.equal(curved.subs(z, X + s), curved.subs(z, X), "the curvature fits, so f is C^2", hint="cancel")
    drop = chain.equal((piece.subs(z, X) - piece.subs(z, X + s)) / s**2, d,
                       "and gains d s_k^2: accepted iff d >= lambda", hint="cancel")  # fmt: skip
    curvature = chain.equal(curved.subs(z, X + s * z), sp.diff(quintic, z, 2), "f'' is q''", hint="cancel")
    chain.result(q=quintic, q_curvature=curvature, c3=shown[0], c4=shown[1], c5=shown[2], drop=drop)
    return quintic


def _hits(chain):
    (count,) = sp.solve(k + 1 - epsilon ** (-1 / BETA), k)
    count = chain.equal(count, epsilon ** (-2 / (1 + 2 * eta)) - 1, "s_N = eps", hint="powers",
                        pins=[lambda l, rhs: (STEP.subs(k, rhs), epsilon)],
                        domains={epsilon: Domain(0, 1)})  # fmt: skip
    law = chain.law(count, epsilon, "its law", direction="0+", pins=[lambda l, rhs: (l + 1, rhs)])
    exponent = chain.equal(-law.power, 2 / (1 + 2 * eta), "exponent of 1/eps")
    chain.at_most(exponent, 2, "below 2, and towards it as eta falls", contact=({eta: 0},), hint="slack",
                  pins=[lambda l, rhs: (l * (1 + 2 * eta), rhs)])  # fmt: skip
    chain.result(hits=sp.ceiling(epsilon ** (-exponent)) - 1, hits_law=law, eps_exponent=exponent)


def _window(chain, quintic):
    """A step of length 2 s_k passes X_{k+2} by s_k - s_{k+1}; to first order in v = 1/(k+1) it must be rejected."""
    ratio = [((1 + n * v) ** (-BETA)) for n in range(4)]  # s_{k+n}/s_k
    beyond = (ratio[0] - ratio[1]) / ratio[2]
    third = quintic.subs({z: beyond, r: ratio[3] / ratio[2]})
    gain = d * (ratio[0] ** 2 + ratio[1] ** 2) - ratio[2] ** 2 * third  # over s_k^2
    excess = (gain - 2 * lam).subs(d, lam * (1 + nu))  # accepted where it is >= 0
    chain.equal(excess.subs(v, 0), 2 * lam * nu, "gain of a double step over s_k^2, less 2 lambda, as k -> oo")
    slope = sp.diff(excess, v).subs(v, 0).subs(nu, 0)
    slope = chain.equal(slope, -(2 * lam - 1) * BETA, "its slope in 1/(k+1), at nu = 0", hint="expand")
    (window,) = sp.solve(excess.subs(v, 0) + slope / k, nu)
    window = chain.equal(window, (2 * lam - 1) * BETA / (2 * lam * k), "so it is rejected while nu is below this",
                         hint="cancel")  # fmt: skip
    at = {lam: sp.Rational(3, 5)}
    along = excess.subs(at).subs(nu, window.subs(at).subs(k, 1 / v) * z)
    chain.tends(
        along, (slope * v * (1 - z)).subs(at), v, "with nu = z times the window, at lambda = 3/5", direction="0+",
        domains={z: Domain(0, sp.Rational(9, 10)), eta: Domain(0, sp.Rational(1, 2))},
        pins=[lambda l, rhs: (rhs / (1 - z) * 5, -v * BETA), lambda l, rhs: (l, along)],
    )  # fmt: skip
    chain.result(nu_window=window)


def _gap(chain):
    """F_0 = d (s_0^2 + s_1^2 + ...), a zeta value; the tail from K on is close to d (K+1/2)^(-2 eta)/(2 eta)."""
    square = chain.equal(STEP**2, (k + 1) ** (-1 - 2 * eta), "s_k^2", hint="powers")
    exponent = -sp.simplify(sp.diff(sp.log(square), k) * (k + 1))
    chain.equal(exponent, 1 + 2 * eta, "a zeta series with this exponent")
    chain.at_least(
        (1 - v) ** (-b) - 1, b * v, "d s_k^2 is at most the fall of d k^(-2 eta)/(2 eta): F_0 <= d (1 + 1/(2 eta))",
        domains={v: Domain(0, 1), b: Domain(0, sp.oo)}, contact=({v: 0},), hint="monotone",
        pins=[lambda l, rhs: ((l * (k + 1) ** (-b) / b).subs(v, 1 / (k + 1)), (k ** (-b) - (k + 1) ** (-b)) / b),
              lambda l, rhs: ((rhs * (k + 1) ** (-b) / b).subs({v: 1 / (k + 1), b: 2 * eta}), square)],
    )  # fmt: skip
    tail = d * (K + sp.Rational(1, 2)) ** (-2 * eta) / (2 * eta)
    fall = ((tail - tail.subs(K, K + 1)) * (K + 1) ** (2 * eta)).subs(K, 1 / v - 1)
    short = chain.equal(fall, d * ((1 - v / 2) ** (-2 * eta) - (1 + v / 2) ** (-2 * eta)) / (2 * eta),
                        "fall of the tail in one step, v = 1/(K+1)", domains={v: Domain(0, 1)},
                        hint="powers")  # fmt: skip
    chain.tends(short, d * v, v, "which is d s_K^2 to leading order", direction="0+",
                domains={v: Domain(0, 1), eta: Domain(0, sp.Rational(1, 2))},
                pins=[lambda l, rhs: (l, fall), lambda l, rhs: (rhs / d, v)])  # fmt: skip
    chain.result(gap_start=d * sp.zeta(exponent), gap_upper=d * (1 + 1 / (2 * eta)), tail=tail)
