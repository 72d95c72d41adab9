"""Gradient descent on matrix problems against numpy's best for the same products, one BLAS thread on both sides."""

import numpy as np
from threadpoolctl import threadpool_limits

from problems import MatrixFactorisation, QuadraticSensing
from theorylab.kernels import HEAD, Stream, cache, size
from theorylab.methods import GD

from .measure import Result, interleaved

TARGET = 1.2


def _factorisation_in_numpy(problem, method, steps):
    """Steps of GD with preallocated results and no bookkeeping; returns the last gap and point."""
    shape = problem.factor.shape
    target = problem.factor @ problem.factor.T
    residual, gradient = np.empty_like(target), np.empty(shape)

    def call():
        b = problem.start.reshape(shape).copy()
        for _ in range(steps):
            np.matmul(b, b.T, out=residual)
            np.subtract(residual, target, out=residual)
            np.matmul(residual, b, out=gradient)
            np.multiply(gradient, method.stepsize, out=gradient)
            np.subtract(b, gradient, out=b)
        residual[:] = b @ b.T - target
        return 0.25 * np.vdot(residual, residual), b

    return call


def _sensing_in_numpy(problem, method, steps):
    """The same for sensing, both sets of rows stacked, so that each step is two products."""
    shape = problem.factor.shape
    m = len(problem.a)
    rows = np.concatenate([problem.a, problem.b])
    columns = np.ascontiguousarray(rows.T)
    planted = np.square(rows @ problem.factor).sum(axis=1)
    target = planted[:m] - planted[m:]
    image, gradient = np.empty((2 * m, shape[1])), np.empty(shape)

    def residual(x):
        np.matmul(rows, x, out=image)
        squares = np.einsum("ij,ij->i", image, image)
        return squares[:m] - squares[m:] - target

    def call():
        x = problem.start.reshape(shape).copy()
        for _ in range(steps):
            r = residual(x)
            r *= 4.0 * problem.weight * method.stepsize
            np.multiply(image[:m], r[:, None], out=image[:m])
            np.multiply(image[m:], -r[:, None], out=image[m:])
            np.matmul(columns, image, out=gradient)
            np.subtract(x, gradient, out=x)
        r = residual(x)
        return problem.weight * np.vdot(r, r), x

    return call


def _in_numba(problem, method, steps):
    loops = cache.compiled(problem, method)
    stream = Stream(np.uint64(0), np.uint64(0))
    schedule = np.unique(np.rint(np.geomspace(1, steps, 80)).astype(np.int64))
    levels = np.array([0.0])

    def call():
        carry = loops.begin(problem, method, problem.start)
        width = len(HEAD) + len(method.column_names) + size((problem.start, carry.memory))
        table = np.empty((schedule.size, width))
        carry = loops.descend(
            problem, method, carry, stream, schedule, 0, schedule.size, levels, np.zeros(1, np.int64), 1e10,
            method.patience(), table,
        )  # fmt: skip
        return carry.at.f, carry.at.x

    return call


CASES = [
    ("matrix factorisation, d = 20, k = 4", MatrixFactorisation.random(20, 2, 4), 0.25, 2000, _factorisation_in_numpy),
    ("quadratic sensing, d = 100, k = 4, m = 1000", QuadraticSensing.of_the_paper(), 0.05, 50, _sensing_in_numpy),
]


def measure() -> list[Result]:
    """Microseconds a step; ours with records, extremes, sums, hitting table, endings and stall test."""
    results = []
    with threadpool_limits(1, "blas"):
        for name, problem, stepsize, steps, in_numpy in CASES:
            method = GD(stepsize)
            ours, theirs = _in_numba(problem, method, steps), in_numpy(problem, method, steps)
            (f, x), (numpy_f, numpy_x) = ours(), theirs()
            if not (np.isclose(f, numpy_f, rtol=1e-6) and np.allclose(x, numpy_x.ravel(), atol=1e-8)):
                raise RuntimeError(f"{name}: ours came to a gap of {f}, numpy to {numpy_f}")
            a, b, ratio = interleaved(ours, theirs)
            a, b = a / steps * 1e6, b / steps * 1e6
            results.append(
                Result(name, f"{a:.2f} us a step", f"numpy: {b:.2f} us a step", ratio, TARGET, "x the time")
            )
    return results
