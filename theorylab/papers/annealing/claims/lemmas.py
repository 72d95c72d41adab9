"""The links of the window lemma on instances."""

import numpy as np
import sympy as sp

from theorylab.claims import Checked, claim
from theorylab.papers.annealing.derivations import window_lemma
from theorylab.papers.annealing.derivations.symbols import G, eta

_ROUNDING = 1e-9  # of sums of numbers up to 1, over the square of the least stepsize


@claim(
    "annealing.lemma-step",
    kind="bound",
    place="spec S3 (i)",
    source="derived",
    derivations=(window_lemma,),
    statement=lambda: sp.Le(sp.Symbol("needed"), window_lemma()["step_noise"] * eta**2 * G**2),
)
def lemma_step(plan):
    """A projected step with subgradients of mean square at most G^2 has, for every fixed z,
    2 eta E[f(x+) - f(z)] <= |x-z|^2 - E|x+-z|^2 + 3 eta^2 G^2: on the noisy slope, and on G|x|, which needs the 3."""
    points = plan.pick(41, 121)
    etas = np.geomspace(1e-3, 3, plan.pick(30, 90))
    for eps in (0.0, 0.01, 0.1, 0.5, 0.9, 1.0):
        x, z, step = np.meshgrid(np.linspace(0, 1, points), np.linspace(0, 1, points), etas, indexing="ij")
        needed = _needed(x, z, step, lambda y, e=eps: e * y, [(1, (1 + eps) / 2), (-1, (1 - eps) / 2)], (0, 1))
        yield _within(needed, step, f"noisy slope, eps={eps:g}")
    place = np.append(np.linspace(-0.5, 0.5, points), [-1e-9, 1e-9])
    x, z, step = np.meshgrid(place, place, etas, indexing="ij")
    sign = np.where(x > 0, 1.0, -1.0)
    yield _within(_needed(x, z, step, np.abs, [(sign, 1.0)], (-0.5, 0.5)), step, "|x|")


def _needed(x, z, step, f, draws, domain):
    """2 eta E[f(x+) - f(z)] - |x-z|^2 + E|x+-z|^2, exactly, over the two values that g takes."""
    total = -((x - z) ** 2)
    for g, probability in draws:
        after = np.clip(x - step * g, *domain)
        total += probability * (2 * step * (f(after) - f(z)) + (after - z) ** 2)
    return total


def _within(needed, step, label):
    ratio = float((needed / (float(window_lemma()["step_noise"]) * step**2)).max())
    return Checked(
        1 + _ROUNDING - ratio, label, ratio, needed.size, note=f"largest share of the noise term {ratio:.3g}"
    )


@claim(
    "annealing.lemma-identity",
    kind="identity",
    place="spec S3 (ii), (iv)",
    source="derived",
    derivations=(window_lemma,),
    statement=lambda: sp.Eq(sp.Symbol("q_T"), sp.Symbol("mean") + sp.Symbol("rest")),
)
def lemma_identity(plan):
    """For all stepsizes and all k the last gap is the weighted mean of the gaps from k on plus weighted means of their
    differences, and eta_t^2 is weighed by 1/S_t in total."""
    rng = np.random.default_rng(11)
    for T in plan.pick((2, 5, 30, 100), (2, 5, 30, 100, 1000)):
        apart, weighed, count = 0.0, 0.0, 0
        for _ in range(plan.pick(20, 100)):
            etas, q = 10 ** rng.uniform(-3, 0, T), rng.standard_normal(T) * 10 ** rng.uniform(-2, 2)
            k = int(rng.integers(T))
            scale = np.abs(q).max() * etas[k:].sum() / etas[-1]  # what the weights amplify
            apart = max(apart, abs(recombined(etas, q, k) - q[-1]) / scale)
            weighed = max(weighed, float(np.abs(gathered(etas, k) * tails(etas)[k:] - 1).max()))
            count += T - k
        yield Checked(1 - apart / 1e-12, f"(ii), T={T}", checked=count, note=f"off by {apart:.1g}")
        yield Checked(1 - weighed / 1e-12, f"(iv), T={T}", checked=count, note=f"off by {weighed:.1g}")


def tails(etas):
    """S_k, the sum of the steps from the k-th on."""
    return np.cumsum(etas[::-1])[::-1]


def _rises(etas):
    return 1 / tails(etas)[1:] - 1 / tails(etas)[:-1]  # entry j: 1/S_{j+1} - 1/S_j


def recombined(etas, q, k) -> float:
    """The right-hand side of (ii)."""
    rises, T = _rises(etas), len(etas)
    inner = [rises[j] * etas[j:] @ (q[j:] - q[j]) for j in range(k, T - 1)]
    return float(etas[k:] @ q[k:] / etas[k:].sum() + sum(inner))


def gathered(etas, k):
    """The left-hand side of (iv) for t = k, ..., T."""
    return 1 / tails(etas)[k] + np.concatenate([[0.0], np.cumsum(_rises(etas)[k:])])
