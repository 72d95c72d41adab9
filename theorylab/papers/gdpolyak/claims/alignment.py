"""Several directions along the ravine: the angle decides how far a Polyak step gets, and aligned directions attract."""

from dataclasses import replace

import numpy as np
import sympy as sp

from problems import PowerValley, QuarticForm, Rotated, SeparableValley
from theorylab.claims import Checked, Measured, claim, near
from theorylab.fits import fit_factor
from theorylab.methods import GDPolyak, Polyak
from theorylab.papers.gdpolyak.derivations import alignment
from theorylab.papers.gdpolyak.derivations.alignment import cos_phi
from theorylab.papers.gdpolyak.derivations.symbols import p

from .epochs import epochs_of, per_epoch, pre_polyak

#: How far the two sides of the cosine identity may be apart, from rounding.
IDENTITY = 1e-13


def _flat(problem):
    """The valley without bends: from v = 0 on, a step moves u only."""
    return problem._replace(kappa=np.zeros_like(problem.kappa))


@claim(
    "gdpolyak.align-identity",
    kind="identity",
    place="spec S4",
    source="derived",
    derivations=(alignment,),
    statement=lambda: sp.Eq(sp.Symbol("|u_+|") ** 2 / sp.Symbol("|u|") ** 2, alignment()["cosine_factor"]),
)
def align_identity(plan):
    """A Polyak step on a homogeneous T of degree p gives |u+|^2 = |u|^2 (1 - ((2p-1)/p^2) cos^2 phi), phi being the
    angle between u and the gradient of T."""
    factor = sp.lambdify((p, cos_phi), alignment()["cosine_factor"])
    rng = np.random.default_rng(4)
    valleys = [PowerValley.of_sizes(3, 1, order) for order in (3, 4, 5)]
    valleys += [SeparableValley.of_sizes(d, 1, order) for d in (4, 7) for order in (3, 4, 6)]
    valleys += [QuarticForm.of_size(1, mu=mu, d=2 * mu) for mu in (10.0, 100.0)]
    steps = plan.pick(40, 200)
    cells = [
        {"problem": _flat(valley), "method": Polyak(), "steps": steps, "record": range(steps + 1),
         "start": np.append(rng.standard_normal(valley.along), 0.0)}
        for valley in valleys
    ]  # fmt: skip
    for cell, trace in zip(cells, plan.run_many(cells), strict=True):
        valley = cell["problem"]
        u, moved = trace.x[:-1, : valley.along], np.diff(trace.x[:, : valley.along], axis=0)
        square = np.sum(u**2, axis=1)
        cosine = -np.sum(u * moved, axis=1) / np.sqrt(square * np.sum(moved**2, axis=1))
        measured = np.sum((u + moved) ** 2, axis=1) / square
        order = int(valley.facts()["growth_order"].value)
        apart = np.abs(measured - factor(order, cosine)).max()
        name = f"{type(valley).__name__}, d_u={valley.along}, p={order}"
        yield Checked((IDENTITY - apart) / IDENTITY, label=name, checked=len(u), note=f"sides {apart:.1e} apart")


@claim(
    "gdpolyak.align-threshold",
    kind="constant",
    place="spec S4",
    source="derived",
    derivations=(alignment,),
    predicted=lambda: {
        "multiplier": near(alignment()["transverse_multiplier"], 0.05),
        "threshold": near(alignment()["stability_threshold"], 0.05),
        "separable multiplier": near(alignment()["separable_multiplier"], 0.05),
    },
)
def align_threshold(plan):
    """An aligned direction of transverse curvature mu multiplies w/|u| by (1 - mu/(c p^2))/(1 - 1/p) a Polyak step,
    so it attracts up to mu = p(2p-1)c; separable T have the multiplier 1/(p-1)."""
    few, more = (10.0, 14.0, 20.0, 27.0, 29.0, 40.0, 100.0), (12.0, 18.0, 24.0, 26.0, 30.0, 32.0, 64.0)
    curvatures = plan.pick(few, sorted(few + more))
    forms = [QuarticForm.of_size(2, mu=mu, d=2 * mu) for mu in curvatures]
    found = []
    for mu, multiplier in zip(curvatures, _multipliers(plan, forms, (1.0, 0.0), 1e-7), strict=True):
        found.append(multiplier.value)
        at, label = {"mu": mu, "p": 4, "c": 1}, f"quartic form, mu={mu:g}"
        yield replace(multiplier, quantity="multiplier", at=at, label=label)
    yield _crossing(np.array(curvatures), np.array(found))
    orders = plan.pick((3, 4, 6), (3, 4, 5, 6))
    for order in orders:
        valley = SeparableValley.of_sizes(2, 2, order)
        # separable T is aligned where all c_i |u_i|^(p-2) are equal
        (multiplier,) = _multipliers(plan, [valley], valley.c ** (-1 / (order - 2)), 1e-4)
        label = f"separable valley, p={order}"
        yield replace(multiplier, quantity="separable multiplier", at={"p": order}, label=label)


def _multipliers(plan, valleys, direction, tilt):
    """Factor of w/|u| an epoch, in rotated coordinates, from a small perturbation of the aligned direction."""
    method, epochs = GDPolyak(0.3, 60), 9
    along = np.asarray(direction) / np.linalg.norm(direction)
    across = np.array([-along[1], along[0]])
    frames = [Rotated.random(valley, seed=1) for valley in valleys]
    cells = []
    for frame in frames:
        # small enough for the short steps hardly to turn u, and large enough for rounding to stay away
        size = 9e-6 ** (1 / (frame.facts()["growth_order"].value - 2))
        start = np.append(size * (along + tilt * across), np.zeros(frame.dimension - 2))
        cells.append(epochs_of(frame, method, epochs, start=_mirrored(_mirrored(start, frame.second), frame.first)))
    for frame, trace in zip(frames, plan.run_many(cells), strict=True):
        trace = trace.at(pre_polyak(method, epochs))
        u = _mirrored(_mirrored(trace.x, frame.first), frame.second)[:, :2]
        w = (u @ across) / (u @ along)
        # the linear regime, well above rounding
        small = (np.abs(w) < 1e-2) & (np.abs(w) > 1e-11)
        epoch, w = np.flatnonzero(small), w[small]
        sign = np.sign(w[1:] / w[:-1])
        if not np.all(sign == sign[0]):
            raise ArithmeticError(f"the signs of w/|u| are irregular: {w}")
        yield _signed(per_epoch(fit_factor(epoch, np.abs(w))), sign[0])


def _mirrored(x, w):
    """Points (..., d) reflected in the hyperplane across w."""
    w = np.asarray(w)
    return x - (2 * (x @ w) / (w @ w))[..., None] * w


def _signed(finding, sign) -> Measured:
    low, high = sorted((sign * finding.low, sign * finding.high))
    return Measured(sign * finding.value, low, high, why=finding.why)


def _crossing(mu, multiplier) -> Measured:
    """The curvature where the multiplier is -1: between its neighbours, by the straight line through them."""
    i = int(np.flatnonzero(multiplier < -1)[0])
    ends = mu[i - 1 : i + 1]
    value = np.interp(1.0, -multiplier[i - 1 : i + 1], ends)
    return Measured(float(value), *ends, quantity="threshold", at={"p": 4, "c": 1}, label="quartic form",
                    why="Between the last curvature that attracts and the first that repels.")  # fmt: skip
