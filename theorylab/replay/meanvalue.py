r"""Long runs in small dimension: mean-value (Lohner) form.

Naive balls lose bits at every step, even where the map contracts, because a box around a rotated or sheared set grows.
Here the iterate lies in :math:`c + A r` with a nearly orthogonal A and small symmetric boxes r. For a step F

.. math:: F(c + A r) \subseteq F(c) + F'(c + A r)\, A\, r

with F' from the same lifted kernel on dual numbers over balls, and the new A is an orthogonal factor of the middle of
:math:`F'(\cdot) A`. So only true expansion costs bits: one a step where a method is chaotic, next to none where it
contracts.

References
----------
.. [1] R. J. Lohner (1992), Computation of guaranteed enclosures for the solutions of ordinary initial and boundary
   value problems. [secondary]
"""

import math
from typing import NamedTuple

import numpy as np
from flint import arb, arb_mat

from theorylab.kernels import TUPLE_DIMENSION, Point, value_grad

from .balls import Ball
from .duals import Dual, seeds, slopes_of
from .lift import lift
from .statement import State
from .trajectory import Replay


class Box(NamedTuple):
    """The set :math:`c + A r`: exact centre, exact axes A (n x n), symmetric radii r (n x 1)."""

    center: tuple[Ball, ...]
    axes: arb_mat
    radii: arb_mat

    @classmethod
    def around(cls, x) -> "Box":
        """The coordinates' balls as a box along the coordinate axes."""
        n = len(x)
        radii = arb_mat(n, 1, [_symmetric(u.v - u.v.mid()) for u in x])
        return cls(tuple(u.middle for u in x), arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)]), radii)

    @property
    def hull(self) -> list[Ball]:
        """Balls of the coordinates."""
        moves = (self.axes * self.radii).entries()
        return [Ball(c.v + move) for c, move in zip(self.center, moves, strict=True)]

    def image(self, thin, slopes) -> tuple[list[Ball], "Box"]:
        """Quantities over this box and the box of the first n of them, the next iterate.

        Parameters
        ----------
        thin : sequence of Ball
            The quantities at the centre.
        slopes : sequence of n balls each
            Their partial derivatives over this box.
        """
        n = len(self.center)
        along = arb_mat(len(thin), n, [d.v for row in slopes for d in row]) * self.axes
        values = [Ball(u.v + move) for u, move in zip(thin, (along * self.radii).entries(), strict=True)]
        sheared = arb_mat(n, n, along.entries()[: n * n])
        axes = _orthogonal(sheared, self.radii)
        inverse = axes.inv()
        center = tuple(u.middle for u in thin[:n])
        shift = arb_mat(n, 1, [u.v - c.v for u, c in zip(thin[:n], center, strict=True)])
        radii = inverse * shift + (inverse * sheared) * self.radii
        return values, Box(center, axes, arb_mat(n, 1, [_symmetric(r) for r in radii.entries()]))


def _symmetric(ball: arb) -> arb:
    return arb(0, ball.abs_upper())


def _orthogonal(matrix: arb_mat, radii: arb_mat) -> arb_mat:
    """A nearly orthogonal factor of the middle, the longest direction first; float64 is near enough, and exact."""
    n = matrix.nrows()
    middle = np.array([float(entry.mid()) for entry in matrix.entries()]).reshape(n, n)
    # radii far below the range of float64 count by their exponents
    weight = [float(radius.abs_upper().log()) if radius != 0 else -math.inf for radius in radii.entries()]
    if not np.isfinite(middle).all():
        middle = np.eye(n)
    with np.errstate(divide="ignore"):
        order = np.argsort(-(np.log(np.linalg.norm(middle, axis=0)) + weight))
    return arb_mat(n, n, np.linalg.qr(middle[:, order])[0].ravel().tolist())


class MeanValueReplay(Replay):
    """A replay in mean-value form, for tuples of up to four coordinates and memories that only count steps."""

    def states(self, now: State, steps: int):
        """`now` and the states of the next `steps` steps.

        Raises
        ------
        TypeError
            If the iterate is an array or the memory depends on it.
        """
        if not isinstance(now.at.x, tuple):
            raise TypeError(
                f"the mean-value form follows at most {TUPLE_DIMENSION} coordinates, and there are {len(now.at.x)}; "
                "take the engine 'balls'"
            )
        box = Box.around(now.at.x)
        yield now
        for _ in range(steps):
            now, box = self._advance(now, box)
            yield now

    def _advance(self, now: State, box: Box) -> tuple[State, Box]:
        n = len(box.center)
        x = seeds(box.hull)
        wide = Point(x, *lift(value_grad)(self._oracle, x, x))
        thin = self.next(State(now.t, self.point(box.center), now.memory))
        moved, memory = self._step(self.method, self._oracle, wide, now.memory, Ball(now.t), self._draws)
        if _has_dual(memory):
            raise TypeError(
                f"the memory of {type(self.method).__name__} depends on the iterate; the mean-value form follows "
                "memories that count steps: take the engine 'balls'"
            )

        slopes = [slopes_of(number, n) for number in (*moved.x, moved.f, *moved.g)]
        values, box = box.image((*thin.at.x, thin.at.f, *thin.at.g), slopes)
        at = Point(tuple(values[:n]), values[n], tuple(values[n + 1 :]))
        return State(now.t + 1, at, memory), box


def _has_dual(memory) -> bool:
    return any(map(_has_dual, memory)) if isinstance(memory, tuple) else isinstance(memory, Dual)
