r"""What networks with one hidden layer and softmax outputs share: parameters (W_1, b_1, W_2, b_2), matrices row by row.

d inputs, h hidden neurons and c classes make :math:`(d + 1)h + (h + 1)c` parameters.
"""

import math

import numpy as np

from theorylab.kernels import exp_minus, inline

from .formulas import LARGEST, rational
from .ranges import array, one_hot


@inline
def width(problem):
    """The number of hidden neurons h."""
    c = problem.targets.shape[1]
    return (problem.initial.size - c) // (problem.x.shape[1] + 1 + c)


@inline
def cross_entropy(outputs, targets, biases):
    """Sum over the rows of the cross-entropy of outputs and biases; leaves the classes' probabilities in `outputs`."""
    n, c = outputs.shape
    total = 0.0
    for i in range(n):
        largest = outputs[i, 0] + biases[0]
        for k in range(c):
            outputs[i, k] = outputs[i, k] + biases[k]
            largest = max(largest, outputs[i, k])
        mass = 0.0
        own = 0.0
        for k in range(c):
            below = outputs[i, k] - largest
            own += targets[i, k] * below
            outputs[i, k] = exp_minus(below)
            mass += outputs[i, k]
        total += math.log(mass) - own
        for k in range(c):
            outputs[i, k] = outputs[i, k] / mass
    return total


def drawn_weights(seed: int, d: int, h: int, c: int) -> tuple[np.ndarray, np.ndarray]:
    """W_1 and W_2 of standard normal numbers."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((d, h)), rng.standard_normal((h, c))


def packed(w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
    """The parameters with these matrices, biases 0."""
    return np.concatenate([w1.ravel(), np.zeros(w1.shape[1]), w2.ravel(), np.zeros(w2.shape[1])])


def mean_cross_entropy(problem, activation):
    """Symbols of all parameters and the mean cross-entropy, numbers exact; None above six dimensions."""
    import sympy as sp

    size = problem.initial.size
    if size > LARGEST:
        return None
    d, c, h = problem.x.shape[1], problem.targets.shape[1], width(problem)
    symbols = sp.symbols(f"w_0:{size}", real=True)
    w1, b1 = sp.Matrix(d, h, symbols[: d * h]), symbols[d * h : (d + 1) * h]
    w2, b2 = sp.Matrix(h, c, symbols[(d + 1) * h : -c]), symbols[-c:]
    total = 0
    for row, target in zip(problem.x, problem.targets, strict=True):
        hidden = (w1.T * sp.Matrix([rational(v) for v in row]) + sp.Matrix(b1)).applyfunc(activation)
        outputs = w2.T * hidden + sp.Matrix(b2)
        total += sp.log(sum(map(sp.exp, outputs))) - outputs.dot(sp.Matrix([rational(v) for v in target]))
    return symbols, total / len(problem.x)


def layer_faults(problem) -> list[str]:
    """Sentences that say what does not fit together in x, targets and initial."""
    faults = array(problem, "x", (None, None)) + array(problem, "targets", (None, None))
    faults = faults or array(problem, "targets", (np.shape(problem.x)[0], None)) + array(problem, "initial", (None,))
    faults = faults or one_hot(problem, "targets")
    if faults:
        return faults
    d, c, size = np.shape(problem.x)[1], np.shape(problem.targets)[1], np.size(problem.initial)
    if size <= c or (size - c) % (d + 1 + c):
        name = type(problem).__name__
        return [f"{name}.initial has {size} entries; it has to have (d + 1) h + (h + 1) c for an integer h"]
    return []
