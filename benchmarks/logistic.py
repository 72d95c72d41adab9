"""Stepsizes on logistic regression, n = 1000, d = 100, against JAX (jit, vmap, scan) and the matrix products alone."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401  numba's BLAS, loaded before its threads are limited
from numba import njit
from threadpoolctl import threadpool_limits

from problems import LinearClassifier
from problems.samples import gauss
from theorylab.kernels import Stream, blocks, cache
from theorylab.methods import GD

from .measure import Result, interleaved, not_measured

STEPS = 2000
PROBLEM = LinearClassifier(gauss(1000, 100))
METHODS = [GD(float(eta)) for eta in np.geomspace(2.0**-2, 2.0**6, 64)]
_N, _D = len(METHODS), PROBLEM.dimension
_SCHEDULE = np.unique(np.rint(np.geomspace(1, STEPS, 80)).astype(np.int64))
_LEVELS = np.append(np.geomspace(0.6, 1e-6, 80), 0.0)
_CEILING = 1e10
_WIDTH = 6 + 1 + _D


def _blank():
    return np.full((_N, _SCHEDULE.size, _WIDTH), np.nan), np.full((_N, _LEVELS.size), -1)


def _abreast(threads):
    """A call that runs all stepsizes in blocks and returns (tables, hits), the same arrays each time."""
    tables, hits = _blank()
    seeds = np.zeros(_N, np.uint64)
    starts = np.zeros((_N, _D))
    patience = [method.patience() for method in METHODS]

    def call():
        batch = blocks.begin(PROBLEM, METHODS, starts, seeds, seeds)
        blocks.advance(batch, _SCHEDULE, 0, _SCHEDULE.size, _LEVELS, hits, _CEILING, patience, tables, threads)
        return tables, hits

    return call


def _one_by_one(threads):
    """The same by single runs on threads."""
    loops = cache.compiled(PROBLEM, METHODS[0])
    tables, hits = _blank()
    stream = Stream(np.uint64(0), np.uint64(0))

    def single(i):
        loops.descend(
            PROBLEM, METHODS[i], loops.begin(PROBLEM, METHODS[i], PROBLEM.start), stream, _SCHEDULE, 0, _SCHEDULE.size,
            _LEVELS, hits[i], _CEILING, METHODS[i].patience(), tables[i],
        )  # fmt: skip

    def call():
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(single, range(_N)))
        return tables, hits

    return call


@njit(nogil=True)
def _products(X, columns, margins, z, G, steps):
    for _ in range(steps):
        np.dot(X, columns, margins)
        np.dot(margins, z, G)


def _products_alone(threads):
    """A call of the two products of every step, for blocks of the same width, the data laid out as ours are."""
    z = PROBLEM.sample.z
    columns = np.ascontiguousarray(z.T)
    X = np.random.default_rng(0).standard_normal((blocks.WIDTH, _D))
    arrays = [(X, columns, np.empty((blocks.WIDTH, len(z))), z, np.empty_like(X)) for _ in range(_N // blocks.WIDTH)]

    def call():
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda own: _products(*own, STEPS), arrays))

    return call


def _in_jax():
    """The same runs in JAX with running minimum, maximum and sum, but neither records nor hitting times."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    z, weights = jnp.asarray(PROBLEM.sample.z), jnp.asarray(PROBLEM.sample.weights)
    evaluate = jax.value_and_grad(lambda w: jnp.dot(weights, jnp.logaddexp(0.0, -(z @ w))))

    def trajectory(eta):
        def step(state, _):
            w, g, low, high, total, _ = state
            w = w - eta * g
            f, g = evaluate(w)
            return (w, g, jnp.minimum(low, f), jnp.maximum(high, f), total + f, f), None

        start = jnp.zeros(_D)
        first = (start, evaluate(start)[1], jnp.inf, -jnp.inf, 0.0, 0.0)
        return jax.lax.scan(step, first, None, length=STEPS)[0]

    compiled = jax.jit(jax.vmap(trajectory))
    stepsizes = np.array([method.stepsize for method in METHODS])
    return lambda: jax.block_until_ready(compiled(stepsizes))


def measure() -> list[Result]:
    """Thousand trajectory-steps a second; ours with records, extremes, sums, hitting table, endings and stall test."""
    threads = os.cpu_count()
    rate = _N * STEPS / 1e3
    results = []
    with threadpool_limits(1, "blas"):
        ours, singles, products = _abreast(threads), _one_by_one(threads), _products_alone(threads)
        if not np.allclose(ours()[0], singles()[0], rtol=1e-7, atol=1e-12):
            raise RuntimeError("blocks came to other records than single runs")

        def compared(title, theirs, name, target):
            b, a, ratio = interleaved(theirs, ours)
            sides = f"{rate / a:.0f} k steps/s", f"{name}: {rate / b:.0f} k steps/s"
            results.append(Result(title, *sides, ratio, target, "x the rate", at_most=False))

        title = f"GD, {_N} stepsizes, {threads} threads"
        try:
            theirs = _in_jax()
        except ImportError:
            results.append(not_measured(title, "install the extra `bench` (jax)", 2.0, "x the rate", at_most=False))
        else:
            if not np.allclose(theirs()[5], ours()[0][:, -1, 1], rtol=1e-6):
                raise RuntimeError("JAX came to other losses than ours")
            compared(title, theirs, "JAX", 2.0)
        compared(f"{title}, of the products' rate", products, "products", 0.75)
        compared(f"{title}, against single runs", singles, "singles", 1.5)
    return results
