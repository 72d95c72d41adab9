"""The potentials behind the bets: COCOB's and that of Krichevsky and Trofimov (KT)."""

from fractions import Fraction

import numpy as np
import sympy as sp
from scipy.special import lambertw

from theorylab.claims import Checked, claim
from theorylab.papers.cocob.derivations import bet_from_potential, conjugate, kt, kt_doubling, wealth_bound
from theorylab.papers.cocob.derivations.symbols import G, T, c, theta, x, z
from theorylab.replay import Statement, certify_static
from theorylab.theory.evaluate import value

_EPS = np.finfo(float).eps


@claim(
    "cocob.bet-tanh",
    kind="identity",
    place="Algorithm 1, spec S1",
    source="derived",
    derivations=(bet_from_potential,),
    statement=lambda: sp.Eq(bet_from_potential()["beta_sigmoid"], bet_from_potential()["beta"], evaluate=False),
)
def bet_tanh(plan):
    """The bet with a sigmoid is the one with tanh(theta/(G+L)), to 1e-15."""
    total, drift = _grid(plan.pick(200, 1000))
    bets = [value(bet_from_potential()[name], L=1, G=total, theta=drift) for name in ("beta", "beta_sigmoid")]
    apart = float(np.max(np.abs(bets[0] - bets[1])))
    yield Checked(1 - apart / 1e-15, checked=bets[0].size, note=f"largest difference {apart:.2g}")


def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """G from 1 to 1e6 and |theta| <= G - 1, L = 1: what Algorithm 1 can reach."""
    total = np.geomspace(1.0, 1e6, size)[:, None]
    share = np.linspace(-1, 1, size + 1)
    return np.broadcast_arrays(total, share * (total - 1))


def _gains() -> Statement:
    """The log slack gains with every coin c >= 0; a negative one at -theta is its mirror image."""
    reachable = (sp.Le(theta, G - 1), sp.Ge(theta, 1 - G), sp.Ge(c, 0), sp.Le(c, 1))
    return Statement(sp.S.Zero, wealth_bound()["step_gain"], hypotheses=reachable)


@claim(
    "cocob.step-inequality",
    kind="bound",
    place="spec S2",
    source="derived",
    derivations=(wealth_bound,),
    statement=lambda: sp.Ge(wealth_bound()["step_gain"], 0),
    refutation=_gains,
)
def step_inequality(plan):
    """No coin c in [-1,1] lowers the log slack ln(wealth/potential): h(c) >= 0 for G from 1 to 1e6, |theta| <= G-1."""
    total, drift = _grid(plan.pick(60, 300))
    for coin in plan.pick((1e-6, 0.01, 0.5, 0.99, 1.0), (1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0)):
        gain = value(wealth_bound()["step_gain"], c=coin, G=total, theta=drift)
        at = np.unravel_index(gain.argmin(), gain.shape)
        point = {"c": Fraction(coin), "G": Fraction(total[at]), "theta": Fraction(drift[at])}
        yield Checked(
            float(gain[at]) + 4 * _EPS, f"c={coin:g}", checked=gain.size, note=f"least gain {gain.min():.3g}",
            replay=lambda seconds, point=point: certify_static("cocob.step-inequality", _gains(), point,
                                                               seconds=seconds),
        )  # fmt: skip


def _brackets() -> Statement:
    lower, upper = conjugate()["lambert_lower"], conjugate()["lambert_upper"]
    return Statement(sp.Max(lower - sp.LambertW(z), sp.LambertW(z) - upper), sp.S.Zero)


@claim(
    "cocob.lambert-bounds",
    kind="bound",
    place="Orabona and Pal, lemma on Lambert's W",
    source="quoted",
    derivations=(conjugate,),
    statement=lambda: sp.And(
        sp.Le(conjugate()["lambert_lower"], sp.LambertW(z)), sp.Le(sp.LambertW(z), conjugate()["lambert_upper"])
    ),
    refutation=_brackets,
)
def lambert_bounds(plan):
    """.6321 ln(1+x) <= W(x) <= ln(1+x) for x >= 0."""
    at = np.geomspace(1e-6, 1e300, plan.pick(2000, 20_000))
    W = lambertw(at).real
    for name, ratio in (("lower", value(conjugate()["lambert_lower"], z=at) / W),
                        ("upper", W / value(conjugate()["lambert_upper"], z=at))):  # fmt: skip
        worst = int(ratio.argmax())
        point = {"z": Fraction(at[worst])}
        yield Checked(
            float(1 - ratio[worst]), name, float(ratio[worst]), at.size,
            note=f"ratio {ratio[worst]:.6g} at x={at[worst]:.3g}",
            replay=lambda seconds, point=point: certify_static("cocob.lambert-bounds", _brackets(), point,
                                                               seconds=seconds),
        )  # fmt: skip


_ROUNDS = 1_000_000


def sign_streams() -> dict:
    """Coins +-1: of one sign, fair, 30 to 70, alternating, and in blocks of 50."""
    rng, t = np.random.default_rng(11), np.arange(_ROUNDS)
    return {
        "one sign": np.ones(_ROUNDS),
        "fair": rng.choice((-1.0, 1.0), _ROUNDS),
        "30/70": np.where(rng.uniform(size=_ROUNDS) < 0.3, 1.0, -1.0),
        "alternating": np.where(t % 2 == 0, 1.0, -1.0),
        "blocks of 50": np.where(t // 50 % 2 == 0, 1.0, -1.0),
    }


def log_wealth(coins) -> tuple[np.ndarray, np.ndarray]:
    """Sum of the coins and ln wealth of KT after each of them, eps = 1: wealth grows by 1 + coin times fraction."""
    total, rounds = np.cumsum(coins), np.arange(1, len(coins) + 1)
    before = np.concatenate(([0.0], total[:-1]))
    return total, np.cumsum(np.log1p(coins * value(kt()["fraction"], x=before, T=rounds)))


@claim(
    "cocob.kt-identity",
    kind="identity",
    place="spec 5.5",
    source="derived",
    derivations=(kt,),
    statement=lambda: sp.Eq(sp.Symbol(r"\ln\mathrm{Wealth}_T"), kt()["log_potential"], evaluate=False),
)
def kt_identity(plan):
    """On coins +-1 the wealth of KT is its potential F_T, for every T up to 1e6, to 1e-7 in logarithms."""
    rounds = np.arange(1, _ROUNDS + 1)
    for name, coins in sign_streams().items():
        total, logs = log_wealth(coins)
        apart = float(np.max(np.abs(logs - value(kt()["log_potential"], T=rounds, x=total, epsilon=1))))
        yield Checked(1 - apart / 1e-7, name, checked=_ROUNDS, note=f"largest difference {apart:.2g}")


def _potential_statement(name: str) -> Statement:
    inside = sp.Le(x**2, T**2)
    return Statement(kt()[name], kt()["log_potential"], hypotheses=(inside, sp.Ge(T, 1)))


def _potential_slack(plan, claim_id: str, name: str):
    """The least slack of the logarithms over all |x| <= T, real ones too, for each T of a grid."""
    sizes = (*range(1, plan.pick(40, 400)), 1000, 10_000, 100_000, _ROUNDS)
    places = np.linspace(-1, 1, plan.pick(401, 4001))
    rounds = np.array(sizes, dtype=float)[:, None]
    slack = value(kt()["log_potential"], T=rounds, x=rounds * places, epsilon=1)
    slack = slack - value(kt()[name], T=rounds, x=rounds * places, epsilon=1)
    row, column = np.unravel_index(slack.argmin(), slack.shape)
    least = float(slack[row, column])
    point = {"T": Fraction(sizes[row]), "x": Fraction(sizes[row]) * Fraction(places[column]), "epsilon": Fraction(1)}
    yield Checked(
        least, f"T={sizes[0]}..{sizes[-1]}", float(np.exp(-least)), slack.size,
        note=f"least log slack {least:.4f} at T={sizes[row]}, x={places[column] * sizes[row]:g}",
        replay=lambda seconds: certify_static(claim_id, _potential_statement(name), point, seconds=seconds),
    )  # fmt: skip


@claim(
    "cocob.kt-potential-lb",
    kind="bound",
    place="Orabona and Pal, spec 5.5",
    source="quoted",
    derivations=(kt,),
    statement=lambda: sp.Ge(kt()["log_potential"], kt()["log_lower"]),
    refutation=lambda: _potential_statement("log_lower"),
)
def kt_potential_lb(plan):
    """F_T(x) >= eps exp(x^2/(2T) - (1/2) ln T - ln(e sqrt(pi))) for |x| <= T."""
    yield from _potential_slack(plan, "cocob.kt-potential-lb", "log_lower")


@claim(
    "cocob.kt-potential-sharp",
    kind="bound",
    place="spec 5.5, with 2 in the place of e sqrt(pi)",
    source="derived",
    derivations=(kt,),
    statement=lambda: sp.Ge(kt()["log_potential"], kt()["log_lower_sharp"]),
    refutation=lambda: _potential_statement("log_lower_sharp"),
)
def kt_potential_sharp(plan):
    """F_T(x) >= eps exp(x^2/(2T))/(2 sqrt T) for |x| <= T, so that 4 can take the place of 24 in KT's regret."""
    yield from _potential_slack(plan, "cocob.kt-potential-sharp", "log_lower_sharp")


def _log_best(total, rounds) -> np.ndarray:
    """ln wealth of the best fixed fraction on coins +-1 with this sum; all or nothing where they have one sign."""
    logs = value(kt_doubling()["log_growth"]) * rounds
    mixed = np.abs(total) < rounds
    logs[mixed] = value(kt()["log_best"], T=rounds[mixed], x=total[mixed])
    return logs


@claim(
    "cocob.kt-best-fraction",
    kind="bound",
    place="spec 5.5",
    source="derived",
    derivations=(kt, kt_doubling),
    statement=lambda: sp.Ge(sp.Symbol(r"\ln\mathrm{Wealth}_T"), kt()["log_best"] + sp.log(kt()["best_share"])),
)
def kt_best_fraction(plan):
    """On coins +-1 KT has at least the wealth of the best fixed fraction over 2 sqrt T, for every T up to 1e6."""
    rounds = np.arange(1, _ROUNDS + 1, dtype=float)
    for name, coins in sign_streams().items():
        total, logs = log_wealth(coins)
        best = _log_best(total, rounds)
        slack = logs - best - np.log(value(kt()["best_share"], T=rounds))
        least = float((slack + 4 * _EPS * (1 + best)).min())
        yield Checked(least, name, float(np.exp(-least)), _ROUNDS, note=f"last ratio {np.exp(slack[-1]):.4g}")


def _constant_coin() -> Statement:
    """On a coin v that never changes the best fixed fraction, over 2 sqrt T, has at most KT's wealth."""
    return Statement(kt()["constant_log_best"] + sp.log(kt()["best_share"]), kt()["constant_log_wealth"])


@claim(
    "cocob.neg-kt-fractional",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(kt,),
    statement=lambda: sp.Ge(kt()["constant_log_wealth"], kt()["constant_log_best"] + sp.log(kt()["best_share"])),
    refutation=_constant_coin,
    expected="REFUTED",
)
def kt_fractional(plan):
    """KT has at least the wealth of the best fixed fraction over 2 sqrt T on coins in [-1,1] too. (A control: on a
    coin that is always 1/2, to bet everything grows by 3/2 a round, KT by 5/4.)"""
    rounds = np.arange(1, 101)
    _, logs = log_wealth(np.full(rounds.size, 0.5))
    best = value(kt()["constant_log_best"] + sp.log(kt()["best_share"]), T=rounds, v=0.5)
    first = int(rounds[logs < best][0]) if (logs < best).any() else int(rounds[-1])
    point = {"T": Fraction(first), "v": Fraction(1, 2)}
    slack = logs - best
    yield Checked(
        float(slack.min()), "coin 1/2", checked=rounds.size,
        note=f"ln of the ratio {slack[9]:.3f} at T=10 and {slack[-1]:.3f} at T=100, below 0 from T={first}",
        replay=lambda seconds: certify_static("cocob.neg-kt-fractional", _constant_coin(), point, seconds=seconds),
    )  # fmt: skip
