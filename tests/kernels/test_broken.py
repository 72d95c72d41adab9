"""A method that ends its own run: singles, lanes and blocks agree, and a method that never does pays nothing."""

from typing import NamedTuple

import numpy as np
import pytest
from numba import config

from problems import CoupledQuartics, LinearClassifier
from problems.samples import gauss
from theorylab import run
from theorylab.kernels import axpy, inline, one_call, settled
from theorylab.runs import Status, run_many


@inline
def _init(method, x):
    return 0.0


@inline
def _move(method, oracle, at, memory, k, stream):
    return axpy(-method.stepsize, at.g, at.x), memory + 1.0


@inline
def _columns(method, at, memory):
    return ()


@inline
def _broken(method, memory):
    return memory >= method.most


class Tired(NamedTuple):
    """Gradient descent that stops after so many steps."""

    stepsize: float
    most: int

    init = staticmethod(_init)
    step = staticmethod(one_call)
    move = staticmethod(_move)
    settle = staticmethod(settled)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    column_names = ()
    needs = ()

    def patience(self):
        return 2**62

    def breach(self, t, memory):
        return f"tired after {int(memory[0])} steps at step {t}"


@pytest.mark.skipif(config.DISABLE_JIT, reason="lanes and blocks exist in compiled code only")
@pytest.mark.parametrize(
    "problem", [CoupledQuartics(1.0, 2.0, 0.5), LinearClassifier(gauss(20, 8, 0, 0.5))], ids=["lanes", "blocks"]
)
def test_a_run_that_the_method_ends_is_the_same_alone_and_abreast(problem):
    cells = [
        {"problem": problem, "method": Tired(0.1, 5 + 3 * i), "steps": 60, "record": range(61)} for i in range(33)
    ]
    for i, (cell, trace) in enumerate(zip(cells, run_many(cells), strict=True)):
        alone = run(**cell)
        most = 5 + 3 * i
        assert trace.status == alone.status == (Status.BROKEN if most <= 60 else Status.STEP_LIMIT)
        assert trace.step[-1] == alone.step[-1] == min(most, 60)
        np.testing.assert_allclose(trace.table, alone.table, rtol=1e-12, atol=1e-300)
        if most <= 60:
            assert trace.ending == alone.ending == f"tired after {most} steps at step {most}"
            assert f"tired after {most}" in repr(trace)
