r"""A problem seen from elsewhere: shifted or rotated, with the facts carried along.

A ravine along a coordinate axis and a minimiser at the origin are kind to floating point: products underflow exactly
and differences near the solution are exact. Moving the problem takes both away and nothing else.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from theorylab.kernels import axpy, dot, fill, inline, kernel, minus, norm2, put, workspace

from .facts import Fact
from .formulas import rational

#: Facts about the values of f, which no isometry changes.
_INVARIANT = (
    "f_star", "growth_order", "growth_constant", "smoothness", "hessian_eigenvalues", "L",
)  # fmt: skip


def _moved(problem, there) -> dict[str, Fact]:
    """The facts of `problem` with its minimisers moved by `there`."""
    facts = problem.facts()
    kept = {name: facts[name] for name in _INVARIANT if name in facts}
    if "x_star" in facts:
        kept["x_star"] = facts["x_star"]._replace(value=there(facts["x_star"].value))
    return kept


def _inner_faults(record) -> list[str]:
    """What is wrong with the wrapped problem."""
    if not hasattr(type(record.problem), "kernel"):
        return [f"{type(record).__name__}.problem is {record.problem!r}; it has to be a problem"]
    return record.problem.faults()


def _vector(record, name: str) -> list[str]:
    """A sentence if the named field is not a vector in the form of the wrapped problem's iterates."""
    value, dimension = getattr(record, name), record.problem.dimension
    form = tuple if dimension <= 4 else np.ndarray
    if isinstance(value, form) and np.shape(value) == (dimension,) and np.isfinite(np.asarray(value, float)).all():
        return []
    wanted = f"{'a tuple' if form is tuple else 'an array'} of {dimension} finite numbers, as the iterates are"
    return [f"{type(record).__name__}.{name} is {value!r}; it has to be {wanted}"]


def _form(problem, vector):
    """The vector in the form of the problem's iterates: a tuple of floats up to dimension 4, else an array."""
    return tuple(float(v) for v in vector) if problem.dimension <= 4 else np.array(vector, dtype=float)


@inline
def _shifted(problem, work, x, g):
    return kernel(problem.problem, work[0], minus(work[1], x, problem.shift), g)


@inline
def _shifted_workspace(problem):
    return workspace(problem.problem), fill(problem.shift, 0.0)


class Shifted(NamedTuple):
    r""":math:`f(x - s)`: the minimisers move by s.

    Parameters
    ----------
    problem : NamedTuple
        Any problem.
    shift : tuple or ndarray, shape (d,)
        s, a tuple where the iterates are tuples (d <= 4), else an array; see `Shifted.by`.
    """

    problem: Any
    shift: Any

    kernel = staticmethod(_shifted)
    workspace = staticmethod(_shifted_workspace)

    @classmethod
    def by(cls, problem, shift) -> "Shifted":
        """`problem` shifted by a vector of shape (d,) or by the same number in every coordinate."""
        return cls(problem, _form(problem, np.broadcast_to(np.asarray(shift, dtype=float), (problem.dimension,))))

    @classmethod
    def examples(cls) -> list["Shifted"]:
        """Instances for the property suite."""
        from .ravines import CurvedRavine, PowerRavine
        from .valleys import PowerValley

        return [
            cls.by(CurvedRavine(), (1.0, -2.0)),
            cls.by(PowerRavine.of_order(5), 0.75),
            cls.by(PowerValley.of_sizes(2, 3), 0.5),
        ]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.problem.dimension

    @property
    def start(self) -> np.ndarray:
        """The wrapped problem's start, moved along, shape (d,)."""
        return self.problem.start + np.asarray(self.shift)

    def facts(self) -> dict[str, Fact]:
        """The facts of the wrapped problem that a shift keeps, with the minimiser moved."""
        facts = _moved(self.problem, lambda x: x + np.asarray(self.shift))
        aligned = self.problem.facts().get("axis_aligned")
        return facts if aligned is None else facts | {"axis_aligned": aligned}

    def expression(self):
        """The wrapped problem's symbols and its gap at x - s, or None."""
        inner = self.problem.expression()
        if inner is None:
            return None
        symbols, gap = inner
        moves = zip(symbols, self.shift, strict=True)
        return symbols, gap.subs({x: x - rational(s) for x, s in moves}, simultaneous=True)

    def _inside(self, x) -> np.ndarray:
        return np.asarray(x, dtype=float) - np.asarray(self.shift)

    @property
    def distance(self):
        """Distance to the moved minimisers: points (..., d) -> (...); missing if the wrapped problem has none."""
        distance = self.problem.distance
        return lambda x: distance(self._inside(x))

    def tangential(self, x) -> np.ndarray:
        """The wrapped problem's coordinate along its ravine at x - s."""
        return self.problem.tangential(self._inside(x))

    def normal(self, x) -> np.ndarray:
        """The wrapped problem's coordinate across its ravine at x - s."""
        return self.problem.normal(self._inside(x))

    def on_ravine(self, x) -> np.ndarray:
        """The moved ravine's point that belongs to x: points (..., d) -> (..., d)."""
        return self.problem.on_ravine(self._inside(x)) + np.asarray(self.shift)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range, the wrapped problem's included."""
        return _inner_faults(self) or _vector(self, "shift")


@inline
def reflected(w, x):
    r"""Householder's :math:`x - 2\frac{\langle w, x\rangle}{|w|^2} w`, stored in `x` where vectors are arrays."""
    return axpy(-2.0 * dot(w, x) / norm2(w), w, x)


@inline
def _rotated(problem, work, x, g):
    y = reflected(problem.second, reflected(problem.first, put(work[1], x)))
    f, g = kernel(problem.problem, work[0], y, g)
    return f, reflected(problem.first, reflected(problem.second, g))


@inline
def _rotated_workspace(problem):
    return workspace(problem.problem), fill(problem.first, 0.0)


class Rotated(NamedTuple):
    r""":math:`f(Qx)` with the rotation :math:`Q = H_b H_a`, :math:`H_w = I - 2 w w^T/|w|^2`.

    Q turns the plane of a and b by twice the angle from a to b. Two mirrors instead of a matrix: whatever the two
    vectors, Q is exactly orthogonal in exact arithmetic, which a stored matrix of rounded sines is not.

    Parameters
    ----------
    problem : NamedTuple
        Any problem.
    first, second : tuple or ndarray, shape (d,)
        a and b, not zero: tuples where the iterates are tuples (d <= 4), else arrays; see `Rotated.by` and
        `Rotated.random`.
    """

    problem: Any
    first: Any
    second: Any

    kernel = staticmethod(_rotated)
    workspace = staticmethod(_rotated_workspace)

    @classmethod
    def by(cls, problem, angle: float, plane: tuple[int, int] = (0, 1)) -> "Rotated":
        """`problem` whose point Qx is x turned by `angle` (radians) in the plane of two coordinates."""
        a, b = np.zeros((2, problem.dimension))
        a[plane[0]] = 1.0
        b[plane[0]], b[plane[1]] = math.cos(angle / 2), math.sin(angle / 2)
        return cls(problem, _form(problem, a), _form(problem, b))

    @classmethod
    def random(cls, problem, seed: int = 0) -> "Rotated":
        """`problem` with two Gaussian mirrors: no coordinate axis keeps a meaning."""
        a, b = np.random.default_rng(seed).standard_normal((2, problem.dimension))
        return cls(problem, _form(problem, a), _form(problem, b))

    @classmethod
    def examples(cls) -> list["Rotated"]:
        """Instances for the property suite."""
        from .ravines import CurvedRavine, PowerRavine
        from .valleys import QuarticForm, SeparableValley

        return [
            cls.by(PowerRavine(), 0.6),
            Rotated.by(Shifted.by(CurvedRavine(), (0.5, 0.25)), -1.1),
            cls.random(QuarticForm.of_size(1), seed=3),
            cls.random(SeparableValley.of_sizes(3, 2), seed=4),
        ]

    def _mirror(self, w, x) -> np.ndarray:
        w = np.asarray(w, dtype=float)
        return x - (2.0 * (x @ w) / (w @ w))[..., None] * w

    def _inside(self, x) -> np.ndarray:
        return self._mirror(self.second, self._mirror(self.first, np.asarray(x, dtype=float)))

    def _outside(self, y) -> np.ndarray:
        return self._mirror(self.first, self._mirror(self.second, np.asarray(y, dtype=float)))

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.problem.dimension

    @property
    def start(self) -> np.ndarray:
        """The wrapped problem's start, moved along, shape (d,)."""
        return self._outside(self.problem.start)

    def facts(self) -> dict[str, Fact]:
        """The facts of the wrapped problem that a rotation keeps, with the minimiser moved."""
        facts = _moved(self.problem, self._outside)
        aligned = self.problem.facts().get("axis_aligned")
        if aligned is None:
            return facts
        keeps_axes = np.isin(np.abs(self._inside(np.eye(self.dimension))), (0.0, 1.0)).all()
        return facts | {"axis_aligned": Fact(bool(aligned.value and keeps_axes))}

    def expression(self):
        """The wrapped problem's symbols and its gap at Qx, Q rational, or None."""
        import sympy as sp

        inner = self.problem.expression()
        if inner is None:
            return None
        symbols, gap = inner
        y = sp.Matrix(symbols)
        for mirror in (self.first, self.second):
            w = sp.Matrix([rational(v) for v in mirror])
            y = y - 2 * w.dot(y) / w.dot(w) * w
        return symbols, gap.subs(dict(zip(symbols, y, strict=True)), simultaneous=True)

    @property
    def distance(self):
        """Distance to the moved minimisers: points (..., d) -> (...); missing if the wrapped problem has none."""
        distance = self.problem.distance
        return lambda x: distance(self._inside(x))

    def tangential(self, x) -> np.ndarray:
        """The wrapped problem's coordinate along its ravine at Qx."""
        return self.problem.tangential(self._inside(x))

    def normal(self, x) -> np.ndarray:
        """The wrapped problem's coordinate across its ravine at Qx."""
        return self.problem.normal(self._inside(x))

    def on_ravine(self, x) -> np.ndarray:
        """The moved ravine's point that belongs to x: points (..., d) -> (..., d)."""
        return self._outside(self.problem.on_ravine(self._inside(x)))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range, the wrapped problem's included."""
        faults = _inner_faults(self) or _vector(self, "first") + _vector(self, "second")
        return faults or [
            f"{type(self).__name__}.{name} is zero; a mirror needs a direction"
            for name in ("first", "second")
            if not np.any(getattr(self, name))
        ]
