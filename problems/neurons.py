r"""Two student neurons learn one teacher neuron: ReLU, Gaussian inputs, population loss.

References
----------
.. [1] D. Davis, D. Drusvyatskiy, L. Jiang (2024), Gradient descent with adaptive stepsize converges (nearly) linearly
   under fourth-order growth, arXiv:2409.19791; experiment and naive formula after the authors' public notebook.
   [secondary] The stable formula, the order 3 and its constant are ours. [derived]
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import dot, fma, inline

from .draws import Draws
from .facts import Fact
from .flat import as_array, like
from .formulas import LARGEST, rational
from .ranges import array


@inline
def sin_minus_t_cos(t):
    r""":math:`\sin t - t\cos t` for :math:`0 \le t \le \pi`, relative error a few units of rounding at any t.

    Below 1/2 the two terms cancel (the result is about :math:`t^3/3`): there seven terms of the series, whose first
    neglected one is below 1e-18 of the result.
    """
    if t > 0.5:
        return math.sin(t) - t * math.cos(t)
    square = t * t
    tail = 1.0
    for k in range(6, 0, -1):
        tail = 1.0 - square * tail / (2.0 * k * (2.0 * k + 3.0))
    return square * t * tail / 3.0


#: What the primitives above stand for: on balls, where cancellation only costs bits, the plain formula.
EXACT = {"sin_minus_t_cos": lambda math, t: math.sin(t) - t * math.cos(t)}


@inline
def _norm(x):
    return math.sqrt(dot(x, x))


@inline
def _angle(x, x_norm, y, y_norm):
    """The angle between two vectors without cancellation: 2 atan2(| |y|x - |x|y |, | |y|x + |x|y |)."""
    apart = 0.0
    together = 0.0
    for i in range(x.size):
        scaled = x_norm * y[i]
        u = fma(y_norm, x[i], -scaled)
        w = fma(y_norm, x[i], scaled)
        apart = fma(u, u, apart)
        together = fma(w, w, together)
    return 2.0 * math.atan2(math.sqrt(apart), math.sqrt(together))


@inline
def _geometry(problem, x, g):
    """Norms |w1|, |w2|, |v|, angles (w1, w2), (w1, v), (w2, v), and |w1 + w2 - v|^2/4; the gradient goes to `g`."""
    v = problem.teacher
    d = v.size
    w1 = x[:d]
    w2 = x[d:]
    n1, n2, n = _norm(w1), _norm(w2), _norm(v)
    t12 = _angle(w1, n1, w2, n2)
    t1 = _angle(w1, n1, v, n)
    t2 = _angle(w2, n2, v, n)
    own1 = (n2 * math.sin(t12) - n * math.sin(t1)) / (2.0 * math.pi * n1)
    own2 = (n1 * math.sin(t12) - n * math.sin(t2)) / (2.0 * math.pi * n2)
    other = t12 / (2.0 * math.pi)
    teacher1 = t1 / (2.0 * math.pi)
    teacher2 = t2 / (2.0 * math.pi)
    misfit = 0.0
    for i in range(d):
        m = w1[i] + w2[i] - v[i]
        misfit += m * m
        g[i] = 0.5 * m + own1 * w1[i] - other * w2[i] + teacher1 * v[i]
        g[d + i] = 0.5 * m + own2 * w2[i] - other * w1[i] + teacher2 * v[i]
    return n1, n2, n, t12, t1, t2, 0.25 * misfit


@inline
def _scratch(problem):
    return np.empty(2 * problem.teacher.size), np.empty(2 * problem.teacher.size)


@inline
def _stable(problem, work, x, g):
    gradient = as_array(g, work[1])
    n1, n2, n, t12, t1, t2, f = _geometry(problem, as_array(x, work[0]), gradient)
    mixed = n1 * n2 * sin_minus_t_cos(t12) - n1 * n * sin_minus_t_cos(t1) - n2 * n * sin_minus_t_cos(t2)
    return f + mixed / (2.0 * math.pi), like(x, gradient)


@inline
def _naive_h(x, x_norm, y, y_norm):
    """|x||y| (sqrt(1 - c^2) - c acos c)/(2 pi), c the cosine: cancels completely at small angles."""
    c = dot(x, y) / (x_norm * y_norm)
    c = min(1.0, c)
    return x_norm * y_norm * (math.sqrt(1.0 - c * c) - c * math.acos(c)) / (2.0 * math.pi)


@inline
def _naive(problem, work, x, g):
    gradient = as_array(g, work[1])
    point = as_array(x, work[0])
    n1, n2, n, _, _, _, f = _geometry(problem, point, gradient)
    d = problem.teacher.size
    w1 = point[:d]
    w2 = point[d:]
    v = problem.teacher
    mixed = _naive_h(w1, n1, w2, n2) - _naive_h(w1, n1, v, n) - _naive_h(w2, n2, v, n)
    return f + mixed, like(x, gradient)


def _angles(x, y) -> np.ndarray:
    """Angles between rows (..., d), as the kernel computes them."""
    u = x * np.linalg.norm(y, axis=-1, keepdims=True)
    w = y * np.linalg.norm(x, axis=-1, keepdims=True)
    return 2.0 * np.arctan2(np.linalg.norm(u - w, axis=-1), np.linalg.norm(u + w, axis=-1))


def _grad_h(x, y) -> np.ndarray:
    """Gradient of h(x, y) in x for rows (..., d)."""
    t = _angles(x, y)[..., None]
    ratio = np.linalg.norm(y, axis=-1, keepdims=True) / np.linalg.norm(x, axis=-1, keepdims=True)
    return (ratio * np.sin(t) * x - t * y) / (2.0 * np.pi)


class TwoNeuron(NamedTuple):
    r""":math:`f = \tfrac14|w_1 + w_2 - v|^2 + h(w_1, w_2) - h(w_1, v) - h(w_2, v)`, the iterate is (w_1, w_2).

    :math:`h(a, b) = |a||b|(\sin t - t\cos t)/(2\pi)` with t the angle: half the mean squared error of
    :math:`\mathrm{relu}(w_1 z) + \mathrm{relu}(w_2 z)` against :math:`\mathrm{relu}(v z)`, z standard Gaussian. Angles
    and h are evaluated without cancellation. The minimisers are :math:`(\alpha v, (1-\alpha)v)`,
    :math:`0 \le \alpha \le 1`; there f is of order THREE: twice, not three times continuously differentiable. Where
    w_1 or w_2 vanishes f has no gradient and the kernel returns nan.

    Parameters
    ----------
    teacher : ndarray, shape (d,)
        v, not zero.
    initial : ndarray, shape (2 d,)
        Default start.
    """

    teacher: np.ndarray
    initial: np.ndarray

    kernel = staticmethod(_stable)
    workspace = staticmethod(_scratch)

    @classmethod
    def random(cls, d: int = 10, seed: int = 0) -> "TwoNeuron":
        """Standard Gaussian teacher and start."""
        w1, w2, v = np.random.default_rng(seed).standard_normal((3, d))
        return cls(v, np.concatenate([w1, w2]))

    @classmethod
    def of_the_paper(cls) -> "TwoNeuron":
        """The authors' data: d = 100, seed 3407, drawn in the order w1, w2, v. [secondary]"""
        draws = Draws()
        w1, w2, v = (draws.normals(100) for _ in range(3))
        return cls(v, np.concatenate([w1, w2]))

    @classmethod
    def examples(cls) -> list["TwoNeuron"]:
        """Instances for the property suite."""
        return [cls.random(2, seed=1), cls.random(3, seed=2), cls.random(10, seed=3)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 2 * self.teacher.size

    @property
    def start(self) -> np.ndarray:
        """Default start (w_1, w_2), shape (2 d,)."""
        return self.initial

    def facts(self) -> dict[str, Fact]:
        """Known values. [derived]"""
        d = self.teacher.size
        return {
            "f_star": Fact(0.0),
            "x_star": Fact(np.tile(self.teacher / 2.0, 2), "one of the minimisers (alpha v, (1 - alpha) v)"),
            "growth_order": Fact(3, "at the minimisers with 0 < alpha < 1"),
            "smoothness": Fact("C^2, not C^3", "at the minimisers with 0 < alpha < 1"),
            "hessian_eigenvalues": Fact(np.repeat([0.0, 1.0], d), "minimisers with 0 < alpha < 1: all, ascending"),
        }

    def expression(self):
        """Symbols (w_1, w_2) and the gap with exact parameters; None above six dimensions."""
        import sympy as sp

        d = self.teacher.size
        if self.dimension > LARGEST:
            return None
        v = sp.Matrix([rational(u) for u in self.teacher])
        w1, w2 = (sp.Matrix(sp.symbols(f"{name}_:{d}", real=True)) for name in "ab")

        def h(x, y):
            norms = sp.sqrt(x.dot(x)) * sp.sqrt(y.dot(y))
            c = x.dot(y) / norms
            return norms * (sp.sqrt(1 - c**2) - c * sp.acos(c)) / (2 * sp.pi)

        misfit = w1 + w2 - v
        return (*w1, *w2), misfit.dot(misfit) / 4 + h(w1, w2) - h(w1, v) - h(w2, v)

    def _neurons(self, x) -> tuple[np.ndarray, np.ndarray]:
        x = np.asarray(x, dtype=float)
        return x[..., : self.teacher.size], x[..., self.teacher.size :]

    def share(self, x) -> np.ndarray:
        r""":math:`\alpha` of the nearest minimiser :math:`(\alpha v, (1-\alpha) v)`: points (..., 2 d) -> (...)."""
        w1, w2 = self._neurons(x)
        v = self.teacher
        return np.clip(0.5 + (w1 - w2) @ v / (2.0 * (v @ v)), 0.0, 1.0)

    def distance(self, x) -> np.ndarray:
        r"""Distance to the minimisers: :math:`\sqrt2\,r` at :math:`(\alpha v + w, (1-\alpha) v - w)`, |w| = r."""
        w1, w2 = self._neurons(x)
        alpha = self.share(x)[..., None]
        v = self.teacher
        return np.hypot(np.linalg.norm(w1 - alpha * v, axis=-1), np.linalg.norm(w2 - (1.0 - alpha) * v, axis=-1))

    def reported_distance(self, x) -> np.ndarray:
        r"""What the authors plot: not a distance, but zero exactly on a part of the minimisers [1]_. [secondary]

        :math:`|w_1+w_2-v| + \sum_i \bigl[\,\bigl|\langle w_i,v\rangle-|w_i||v|\bigr| + (|w_i|-2|v|)_+ +
        (|v|/8-|w_i|)_+\bigr]`; the first difference is evaluated as :math:`2|w_i||v|\sin^2(t/2)`.
        """
        v = self.teacher
        n = np.linalg.norm(v)
        total = np.linalg.norm(sum(self._neurons(x)) - v, axis=-1)
        for w in self._neurons(x):
            size = np.linalg.norm(w, axis=-1)
            total = total + 2.0 * size * n * np.sin(_angles(w, v) / 2.0) ** 2
            total = total + np.maximum(0.0, size - 2.0 * n) + np.maximum(0.0, n / 8.0 - size)
        return total

    def on_ravine(self, x) -> np.ndarray:
        r"""The point of :math:`M_0 = \{P_N\nabla f = 0\}` with the same :math:`w_1 - w_2`: (..., 2 d) -> (..., 2 d).

        The sum :math:`s = w_1 + w_2` solves :math:`s = v - \nabla_{w_1} h - \nabla_{w_2} h`, h meaning all three
        terms; near the minimisers this is a contraction with a factor of the size of the angles.
        """
        w1, w2 = self._neurons(x)
        v = self.teacher
        apart, s = w1 - w2, np.broadcast_to(v, w1.shape)
        for _ in range(100):
            w1, w2 = (s + apart) / 2.0, (s - apart) / 2.0
            before, s = s, v - _grad_h(w1, w2) - _grad_h(w2, w1) + _grad_h(w1, v) + _grad_h(w2, v)
            if np.max(np.abs(s - before)) <= 1e-16 * np.max(np.abs(v)):
                break
        return np.concatenate([(s + apart) / 2.0, (s - apart) / 2.0], axis=-1)

    def tangential(self, x) -> np.ndarray:
        """Distance from the ravine's point to the minimisers: points (..., 2 d) -> (...)."""
        return self.distance(self.on_ravine(x))

    def normal(self, x) -> np.ndarray:
        """Distance to the ravine's point: points (..., 2 d) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float) - self.on_ravine(x), axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = array(self, "teacher", (None,))
        if faults:
            return faults
        if not np.any(self.teacher):
            return [f"{type(self).__name__}.teacher is zero; it has to have a nonzero entry"]
        return array(self, "initial", (2 * np.size(self.teacher),))


class NaiveTwoNeuron(TwoNeuron):
    r"""The same function with the loss evaluated as the authors' code does: :math:`\sqrt{1-c^2} - c\arccos c`.

    Below an angle of about 1e-4 the rounded loss h is 11/8 of the true one [derived]; the gradient is the stable one.
    """

    __slots__ = ()

    kernel = staticmethod(_naive)
