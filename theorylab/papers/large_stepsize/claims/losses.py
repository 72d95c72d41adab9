"""Losses beside the logistic one: the constants of Proposition 5, Theorem 35, and why exponential tails are
flattened."""

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.losses import Exponential, FlattenedExp, FlattenedPoly, Logistic
from problems.samples import pair
from theorylab.claims import Checked, claim
from theorylab.claims.plan import shared
from theorylab.methods import GD
from theorylab.papers.large_stepsize.claims.certified import certify_trajectory
from theorylab.papers.large_stepsize.claims.common import known, value, watched
from theorylab.papers.large_stepsize.claims.ratios import worst_of_each
from theorylab.papers.large_stepsize.derivations import general_bounds, lemma32, loss_constants
from theorylab.replay import Statement

ETAS = (4.0, 64.0, 1024.0)
_FAMILIES = {Logistic: "logistic", FlattenedExp: "exp", FlattenedPoly: "poly"}
_ROUNDING = 1e-12


def entry(loss, name: str, **values):
    """An entry of the table of Proposition 5 for this loss: l, g, Cg, Cb, Ce or rho; None where it has none."""
    expression = loss_constants().results.get(f"{_FAMILIES[type(loss)]}_{name}")
    return None if expression is None else value(expression, a=getattr(loss, "a", 1.0), **values)


def rho(loss, scale) -> np.ndarray:
    """min_z lambda l(z) + z^2 for each lambda of `scale`; at its z, 2z = lambda g(z): one side rises, one falls."""
    scale = np.asarray(scale, dtype=float)
    low, high = np.zeros_like(scale), scale * entry(loss, "Cg") / 2
    for _ in range(100):
        middle = (low + high) / 2
        with np.errstate(over="ignore"):  # of e^z in the logistic slope, which is 0 then
            beyond = 2 * middle >= scale * entry(loss, "g", z=middle)
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return scale * entry(loss, "l", z=high) + high**2


def _name(loss) -> str:
    return f"{_FAMILIES[type(loss)]} a={loss.a:g}" if hasattr(loss, "a") else "logistic"


@claim(
    "large_stepsize.loss-constants",
    kind="event",
    place="Proposition 5",
    source="quoted",
    derivations=(loss_constants,),
    statement=lambda: sp.Le(sp.Symbol("rho"), loss_constants()["poly_rho"]),
)
def loss_constants_hold(plan):
    """The table of Proposition 5: g <= C_g, g <= C_b l, the quadratic upper bound with C_b for |z - x| < 1, l <= C_e g
    for z >= 0 and rho(lambda) <= its entry, for the logistic and the flattened losses with a = 1/2, 1, 2, 4."""
    losses = [Logistic(), *(made(a) for made in (FlattenedExp, FlattenedPoly) for a in (0.5, 1.0, 2.0, 4.0))]
    tail = np.geomspace(1e-3, 25, plan.pick(300, 2000))
    points = np.concatenate((-tail[::-1], [0.0], tail))
    offsets = np.linspace(0.02, 0.999, plan.pick(40, 200))
    moves = np.concatenate((-offsets[::-1], offsets))
    for loss in losses:
        ratios = _table_ratios(loss, points, moves)
        found = ", ".join(f"{name} {ratio:.3g}" for name, ratio in ratios.items())
        worst = max(ratios.values())
        count = points.size * (moves.size + 3) + _SCALES.size
        yield Checked(1 - worst, _name(loss), worst, count, note=f"largest ratios: {found}")


_SCALES = np.geomspace(1, 1e12, 200)


def _table_ratios(loss, points, moves) -> dict:
    """Largest ratio of the left to the right side, for each property of the table."""
    far = points if isinstance(loss, Logistic) else np.concatenate((points, np.geomspace(25, 100, 20)))
    l, g = entry(loss, "l", z=far), entry(loss, "g", z=far)
    x, d = points[:, None], moves[None]
    slope = entry(loss, "g", z=x)
    bent = entry(loss, "l", z=x + d) - entry(loss, "l", z=x) + slope * d
    ratios = {
        "g/C_g": g / entry(loss, "Cg"),
        "g/(C_b l)": g / (entry(loss, "Cb") * l),
        "quadratic": bent / (entry(loss, "Cb") * slope * d**2),
        "rho": _least(loss) / entry(loss, "rho", **{"lambda": _SCALES}),
    }
    if (constant := entry(loss, "Ce")) is not None:
        right = far >= 0
        ratios["l/(C_e g)"] = l[right] / (constant * g[right])
    return {name: float(np.max(ratio)) / (1 + _ROUNDING) for name, ratio in ratios.items()}


def _least(loss) -> np.ndarray:
    """rho on `_SCALES`: any z bounds it from above, so its own minimiser and a grid around lambda^(1/(a+2))."""
    power = 1 / (getattr(loss, "a", 1.0) + 2)
    z = _SCALES[:, None] ** power * np.geomspace(1e-4, 1e4, 801)
    grid = (_SCALES[:, None] * entry(loss, "l", z=z) + z**2).min(axis=1)
    return np.minimum(rho(loss, _SCALES), grid)


@shared
def _runs(plan) -> list:
    """(loss, label, trace) on pair .05, watched for increases after Theorem 35's threshold."""
    losses = [Logistic(), *map(FlattenedExp, (1.0, 2.0)), *map(FlattenedPoly, (0.5, 1.0, 2.0))]
    cells, found = [], []
    for loss in losses:
        problem = LinearClassifier(pair(0.05), loss)
        for eta in ETAS:
            cell = watched(problem, eta, plan.pick(30_000, 300_000))
            level = float(
                value(general_bounds()["threshold"], eta=eta, n=problem.facts()["n"].value,
                      C_b=entry(loss, "Cb"), l_0=entry(loss, "l", z=0.0))
            )  # fmt: skip
            cells.append(cell | {"method": cell["method"]._replace(stable=level)})
            found.append((loss, f"{_name(loss)}, eta={eta:g}"))
    return [(*what, trace) for what, trace in zip(found, plan.run_many(cells), strict=True)]


def _general(name: str, loss, scale, eta) -> np.ndarray:
    """One of Theorem 35's bounds at lambda = `scale`, or x, with the exact rho, which is below the table's."""
    return value(general_bounds()[name], rho=rho(loss, scale), C_g=entry(loss, "Cg"), eta=eta, **{"lambda": scale})


@claim(
    "large_stepsize.losses-avg",
    kind="bound",
    place="Theorem 35",
    source="quoted",
    derivations=(general_bounds, loss_constants),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t"), general_bounds()["avg"]),
)
def losses_avg(plan):
    """For the logistic and the flattened losses the mean of L_k over k < t is at most
    (9 rho(lambda) + (eta C_g)^2)/lambda for every t with lambda = gamma^2 eta t >= 1."""
    found = []
    for loss, label, trace in _runs(plan):
        at = known(trace)
        unit = at["gamma"] ** 2 * at["eta"]
        after = trace.step[1:] * unit >= 1
        # lambda times the bound rises with t, as the sum of the losses does
        first = np.maximum((trace.step[:-1] + 1.0) * unit, 1.0)[after]
        sums = (trace.mean_loss * trace.step)[1:][after]
        found.append((label, sums * unit / (first * _general("avg", loss, first, at["eta"]))))
    yield from worst_of_each(found)


@claim(
    "large_stepsize.losses-stable",
    kind="bound",
    place="Theorem 35",
    source="quoted",
    derivations=(general_bounds, lemma32, loss_constants),
    statement=lambda: sp.Le(sp.Symbol("L_t"), general_bounds()["stable"]),
)
def losses_stable(plan):
    """From the first L_s <= min{1/(12 C_b^2 eta), l(0)/n} on the loss never increases, and L_t <= 15 rho(x)/x for every
    t with x = gamma^2 eta (t - s) >= 1, as long as steps are not lost in rounding."""
    found, never, rises = [], [], {}
    for loss, label, trace in _runs(plan):
        s = trace.first_stable[-1]
        if s < 0:
            never.append(label)
            continue
        at = known(trace)
        rises[_name(loss)] = rises.get(_name(loss), 0) + int(trace.late_increases[-1])
        x = at["gamma"] ** 2 * at["eta"] * (trace.step - s)
        late = x >= 1
        # rho(x)/x falls: its value at the end of a block; the block of s holds larger losses, from before s, too
        highest = np.minimum(trace.gap_max[late], trace.method.stable)
        found.append((label, highest / _general("stable", loss, x[late], at["eta"])))
    note = f"the threshold is not reached in {plan.pick(30_000, 300_000)} steps by {'; '.join(never)}"
    yield from worst_of_each(found, note)
    for name, count in rises.items():
        yield Checked(-1.0 if count else 1.0, f"{name}: monotone", note=f"{count} increases after the threshold")


@claim(
    "large_stepsize.lemma32-constant",
    kind="identity",
    place="Lemma 32, its proof against its statement",
    source="quoted",
    derivations=(lemma32,),
    statement=lambda: sp.Eq(lemma32()["constant"], lemma32()["printed"], evaluate=False),
    expected="REFUTED",
)
def lemma32_constant(plan):
    """The proof of Lemma 32 gives the constant 16 that the lemma prints. (A slip: it gives 15, as in Theorem 6; the
    printed inequality is weaker, hence true.)"""
    proof, printed = lemma32()["constant"], lemma32()["printed"]
    yield Checked(-float(abs(proof / printed - 1)), note=f"the proof gives {proof}, printed is {printed}")


#: The largest loss that counts as within range: float64 ends shortly above.
_RANGE = sp.Integer(10) ** 308
_STEPS = 2000


def _in_range() -> Statement:
    return Statement(sp.Symbol("gap"), _RANGE)


@claim(
    "large_stepsize.exp-unflattened",
    kind="event",
    place="remark on exponential tails",
    source="quoted",
    statement=lambda: sp.Le(sp.Symbol("L_t"), _RANGE, evaluate=False),
    refutation=_in_range,
    expected="REFUTED",
)
def exp_unflattened(plan):
    """With the exponential loss as it stands, not flattened, the loss stays below 10^308 for 2000 steps at every
    stepsize. (A control: its slope is unbounded; on the pair eta = 4 is fine, 16 and 64 overflow within 3 steps.)"""
    problem = LinearClassifier(pair(0.05), Exponential())
    cells = [{"problem": problem, "method": GD(eta), "steps": _STEPS, "record": range(10)} for eta in (4.0, 16.0, 64.0)]
    for trace in plan.run_many(cells):
        eta, last = trace.method.stepsize, int(trace.step[-1])
        beyond = not np.max(trace.gap) <= float(_RANGE)
        yield Checked(
            -1.0 if beyond else 1.0, f"pair .05, eta={eta:g}", checked=last,
            note=f"beyond float64 at step {last}" if beyond else f"largest loss {trace.gap_max.max():.3g}",
            replay=lambda seconds, trace=trace, last=last: certify_trajectory(
                "large_stepsize.exp-unflattened", _in_range(), problem, trace.method, tuple(problem.start), last,
                at=[last], seconds=seconds,
            ),
        )  # fmt: skip
