"""1024 trajectories at once in two dimensions against JAX (jit, vmap, scan), and bit for bit against single runs."""

import os

import numpy as np

from problems import CurvedRavine
from theorylab.kernels import Stream, cache, lanes
from theorylab.methods import GD, GDPolyak

from .measure import Result, interleaved, not_measured

TARGET = 2.0
TRAJECTORIES = 1024
STEPS = 50_000
CEILING = 1e10
PROBLEM = CurvedRavine(4, 1.0, 10.0)
_SCHEDULE = np.unique(np.rint(np.logspace(0.0, np.log10(STEPS), 150)).astype(np.int64))
_LEVELS = np.append(np.logspace(0, -300, 80), 0.0)
_SEEDS, _NUMBERS = np.zeros(TRAJECTORIES, np.uint64), np.arange(TRAJECTORIES, dtype=np.uint64)
_STARTS = np.random.default_rng(0).uniform(-0.4, 0.4, (TRAJECTORIES, 2))
_STEPSIZES = np.linspace(0.002, 0.0125, TRAJECTORIES)
#: Every trajectory has its own stepsize and start.
METHODS = {
    "GD": [GD(float(eta)) for eta in _STEPSIZES],
    "GDPolyak": [GDPolyak(float(eta), 100) for eta in _STEPSIZES],
}


def _blank(width: int):
    return np.full((TRAJECTORIES, _SCHEDULE.size, width), np.nan), np.full((TRAJECTORIES, _LEVELS.size), -1)


def _abreast(methods, threads):
    """A call that runs all trajectories through lanes and returns (tables, hits), the same arrays each time."""
    tables, hits = _blank(lanes.width(lanes.begin(PROBLEM, methods[:1], _STARTS[:1], _SEEDS[:1], _NUMBERS[:1])))
    patience = [method.patience() for method in methods]

    def call():
        batch = lanes.begin(PROBLEM, methods, _STARTS, _SEEDS, _NUMBERS)
        lanes.advance(batch, _SCHEDULE, 0, _SCHEDULE.size, _LEVELS, hits, CEILING, patience, tables, threads)
        return tables, hits

    return call


def _one_by_one(methods, width: int):
    """The same by single runs."""
    loops = cache.compiled(PROBLEM, methods[0])
    tables, hits = _blank(width)
    for i, method in enumerate(methods):
        loops.descend(
            PROBLEM, method, loops.begin(PROBLEM, method, tuple(_STARTS[i].tolist())), Stream(_SEEDS[i], _NUMBERS[i]),
            _SCHEDULE, 0, _SCHEDULE.size, _LEVELS, hits[i], CEILING, method.patience(), tables[i],
        )  # fmt: skip
    return tables, hits


def _in_jax(methods):
    """The same trajectories in JAX with running minimum, maximum and sum, but neither records nor hitting times."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    p, c, a = PROBLEM
    short_steps = getattr(methods[0], "short_steps", None)

    def evaluate(x, y):
        n = y - x * x
        r = jnp.abs(x) ** (p - 2)
        return x, y, c * r * x * x + a * n * n, p * c * r * x - 4 * a * x * n, 2 * a * n

    def trajectory(start, eta):
        def step(state, k):
            (x, y, f, gx, gy), low, high, total = state
            size = eta
            if short_steps is not None:
                size = jnp.where(k % (short_steps + 1) == short_steps, f / (gx * gx + gy * gy), eta)
            at = evaluate(x - size * gx, y - size * gy)
            return (at, jnp.minimum(low, at[2]), jnp.maximum(high, at[2]), total + at[2]), None

        first = (evaluate(start[0], start[1]), jnp.inf, -jnp.inf, 0.0)
        return jax.lax.scan(step, first, jnp.arange(STEPS))[0]

    compiled = jax.jit(jax.vmap(trajectory))
    return lambda: jax.block_until_ready(compiled(_STARTS, _STEPSIZES))


def measure() -> list[Result]:
    """Million trajectory-steps a second; ours with records, extremes, sums, hitting table, endings and stall test."""
    results = []
    threads = os.cpu_count()
    for name, methods in METHODS.items():
        title = f"{name}, {TRAJECTORIES} trajectories, {threads} threads"
        ours = _abreast(methods, threads)
        tables, hits = ours()
        if not all(map(np.array_equal, _one_by_one(methods, tables.shape[2]), (tables, hits), (True, True))):
            raise RuntimeError(f"the lanes of {name} differ from single runs")
        try:
            theirs = _in_jax(methods)
        except ImportError:
            results.append(not_measured(title, "install the extra `bench` (jax)", TARGET, "x the rate", at_most=False))
            continue
        gap = np.asarray(theirs()[0][2])
        if name == "GD" and not np.allclose(gap, tables[:, -1, 1], rtol=1e-6):
            raise RuntimeError("JAX came to other gaps than ours")
        b, a, ratio = interleaved(theirs, ours)
        rate = TRAJECTORIES * STEPS / 1e6
        rates = f"{rate / a:.0f} M steps/s", f"JAX: {rate / b:.0f} M steps/s"
        results.append(Result(title, *rates, ratio, TARGET, "x the rate", at_most=False))
    return results
