"""S6, item 4: the cosine vanishes to second order; Q(1) and local exponents by quadrature with error bounds."""

import functools

import mpmath
import sympy as sp
from flint import acb, arb

from theorylab.papers.annealing.derivations.general import general_schedule, p_eff
from theorylab.papers.annealing.derivations.symbols import H_1, Q_1, A, H, Q, h, p, rho, x
from theorylab.theory import Chain, Domain, derivation
from theorylab.theory.balls import precision

theta = sp.Symbol("theta", positive=True)  # pi x
SCHEDULE = (1 - sp.cos(sp.pi * x)) / 2
AREA = x / 2 - sp.sin(sp.pi * x) / (2 * sp.pi)
DIGITS = 15
LOCAL = (10, 100, 1000)


@derivation("Cosine: h ~ pi^2 x^2/4 vanishes to second order, so the exponent is 1/5; Q(1) = 2.12214...")
def cosine(chain: Chain) -> None:
    """S6 [derived]; the exponent is [secondary]. rho is eta over the tuned eta."""
    chain.equal(SCHEDULE.subs(x, 1 - x), (1 + sp.cos(sp.pi * x)) / 2, "h(1-u) = (1 + cos pi u)/2", hint="simplify")
    area = chain.equal(sp.integrate(SCHEDULE, x), AREA, "H", hint="simplify",
                       pins=[lambda l, _: (sp.diff(l, x), SCHEDULE), lambda _, r: (r.subs(x, 0), 0)])  # fmt: skip
    law = chain.law(
        SCHEDULE, x, "h at the end of the run", direction="0+",
        pins=[lambda l, _: (1 - 2 * l, sp.cos(sp.pi * x)), lambda _, r: (4 * r, sp.pi**2 * x**2)],
    )  # fmt: skip
    chain.tends(
        law.expr - SCHEDULE,
        sp.pi**4 * x**4 / 48,
        x,
        "the next term",
        direction="0+",
        pins=[lambda l, _: (law.expr - l, SCHEDULE), lambda l, r: (r * 24, sp.diff(l, x, 4).subs(x, 0) * x**4)],
    )
    area_law = chain.law(
        area,
        x,
        "H at the end of the run",
        direction="0+",
        pins=[lambda l, _: (sp.diff(l, x), SCHEDULE), lambda _, r: (sp.diff(r, x), law.expr)],
    )
    order, exponent = p_eff(SCHEDULE)
    chain.equal(x * sp.diff(sp.log(law.expr), x), order, "order at which h vanishes")
    exponent = chain.equal(exponent, sp.Rational(1, 5), "so the exponent is this",
                           pins=[lambda l, _: (general_schedule()["exponent"].subs(p, order), l)])  # fmt: skip
    chain.result(schedule=SCHEDULE, H=area, H1=area.subs(x, 1), order=order, exponent=exponent, H_law=area_law)
    _integral(chain, area)
    q1 = _rational(cost("1"))
    general = general_schedule()
    whole = {H_1: area.subs(x, 1), Q_1: q1}
    late = general["leading_loss"].subs({A: law.constant, p: order} | whole)
    chain.result(Q1=q1, rho_c=general["rho_c"].subs(whole), tuned_sharp=general["tuned_sharp"].subs(whole),
                 leading_loss=late, exponent_at_join=general["exponent_at_join"].subs(whole))  # fmt: skip
    for value in LOCAL:
        chain.result(**{f"local_exponent_{value}": _rational(loss_at(value)[2])})


def _integral(chain, area):
    """Q = int of (1-cos)^2/(2 (theta - sin theta)) over theta = pi x, without a quotient of zeros at 0."""
    density = (SCHEDULE**2 / area).subs(x, theta / sp.pi) / sp.pi
    chain.equal(density, (1 - sp.cos(theta)) ** 2 / (2 * (theta - sp.sin(theta))), "h^2/H dx in theta = pi x",
                hint="cancel")  # fmt: skip
    series = sp.hyper((1,), (2, sp.Rational(5, 2)), -(theta**2) / 4)
    room = {theta: Domain(0, 4)}
    chain.equal(theta - sp.sin(theta), theta**3 / 6 * series, "F = 1F2(1; 2, 5/2; -theta^2/4) takes the place of it",
                domains=room, hint="hyper")  # fmt: skip
    chain.equal(
        (1 - sp.cos(theta)) ** 2 / (2 * (theta**3 / 6 * series)),
        sp.Rational(3, 4) * theta * (sp.sin(theta / 2) / (theta / 2)) ** 4 / series,
        "the integrand without cancellation", domains=room, hint="simplify",
        pins=[lambda l, _: (l, density)],
    )  # fmt: skip


@functools.cache
def cost(fraction: str) -> arb:
    """Ball around Q(x) of the cosine, x in (0, 1]: quadrature of (3/4) theta sinc(theta/2)^4/F by balls."""

    def integrand(at, _):
        series = (-at * at / 4).hypgeom([acb(1)], [acb(2), acb(2.5)])
        return 3 * at / 4 * (at / 2).sinc() ** 4 / series

    with precision(120):
        return acb.integral(integrand, acb(0), acb(arb.pi() * arb(fraction))).real


def _rational(value) -> sp.Rational:
    """A ball's middle to 15 digits; it has to be known to 12."""
    if isinstance(value, arb):
        if not value.rad() < 1e-12:
            raise ArithmeticError(f"the quadrature of the cosine gave {value}; twelve digits were asked for")
        value = mpmath.mpf(value.mid().str(25, radius=False))
    return sp.Rational(sp.Integer(int(mpmath.nint(value * 10**DIGITS))), sp.Integer(10) ** DIGITS)


@functools.cache
def loss_at(ratio) -> tuple:
    """(best window, B/B*, local exponent) of the cosine at rho = `ratio`, fifteen digits."""
    general = general_schedule()
    with mpmath.workdps(30):
        q1 = mpmath.mpf(cost("1").mid().str(30, radius=False))
        known = {H_1: AREA.subs(x, 1), rho: sp.nsimplify(ratio)}
        if ratio**2 <= q1:
            window = mpmath.mpf(1)
        else:
            condition = general["window_condition"].subs(known).subs({h: SCHEDULE, H: AREA})
            function = sp.lambdify((x, Q_1), condition, "mpmath")
            low, high = mpmath.mpf(0), mpmath.mpf(1)  # h H rises
            for _ in range(110):
                window = (low + high) / 2
                low, high = (low, window) if function(window, q1) > 0 else (window, high)
        q = mpmath.mpf(cost(mpmath.nstr(window, 30)).mid().str(30, radius=False))
        names = ("relative_loss", "local_exponent")
        found = (sp.lambdify((x, Q, Q_1), general[name].subs(known).subs(H, AREA), "mpmath") for name in names)
        return window, *(expression(window, q, q1) for expression in found)
