"""How the tests ask a problem: through the compiled entry point that runs use, at one point at a time."""

import numpy as np
import pytest

import problems
from theorylab.kernels import cache
from theorylab.methods import GD

EXAMPLES = [(kind, i) for kind in problems.discover() for i in range(len(kind.examples()))]


def pytest_generate_tests(metafunc):
    """A test that takes `problem` runs over every example of every problem of the zoo."""
    if "problem" in metafunc.fixturenames:
        cases = [pytest.param(kind.examples()[i], id=f"{kind.__name__}-{i}") for kind, i in EXAMPLES]
        metafunc.parametrize("problem", cases)
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", problems.discover(), ids=lambda kind: kind.__name__)


def gap_and_gradient(problem, x):
    """Gap and gradient at one point, shape (d,)."""
    x = np.array(x, dtype=float)
    state = tuple(map(float, x)) if x.size <= 4 else x
    at = cache.compiled(problem).begin(problem, GD(1.0), state).at
    return at.f, np.array(at.g)


@pytest.fixture
def ask():
    return gap_and_gradient


@pytest.fixture
def gaps():
    """Gaps at the rows of x, shape (n, d) -> (n,)."""
    return lambda problem, x: np.array([gap_and_gradient(problem, row)[0] for row in x])


@pytest.fixture
def hessian():
    """Central differences of the gradient at one point, shape (d, d), made symmetric."""

    def differences(problem, x, h=1e-6):
        columns = []
        for e in h * np.eye(x.size):
            columns.append((gap_and_gradient(problem, x + e)[1] - gap_and_gradient(problem, x - e)[1]) / (2 * h))
        return (np.array(columns) + np.array(columns).T) / 2

    return differences
