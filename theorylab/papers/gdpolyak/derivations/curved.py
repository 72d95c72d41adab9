"""The curved ravine F = c x^p + a (y - x^2)^2 at y = x^2 + n, for the derivations that need its steps."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theorylab.papers.gdpolyak.derivations.symbols import a, x

y = sp.Symbol("y", positive=True)


@dataclass(frozen=True)
class CurvedRavine:
    """F = c x^order + a (y - x^2)^2 with its gradient."""

    c: sp.Expr
    order: sp.Expr

    @property
    def value(self) -> sp.Expr:
        """F(x, y)."""
        return self.c * x**self.order + a * (y - x**2) ** 2

    def gradient(self, n: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """(F_x, F_y) at y = x^2 + n."""
        return tuple(sp.expand(sp.diff(self.value, v).subs(y, x**2 + n)) for v in (x, y))

    def step(self, n: sp.Expr, stepsize: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """x and n = y - x^2 after a gradient step of this size from y = x^2 + n."""
        slope_x, slope_y = self.gradient(n)
        after = x - stepsize * slope_x
        return after, x**2 + n - stepsize * slope_y - after**2

    def polyak_stepsize(self, n: sp.Expr) -> sp.Expr:
        """F / |grad F|^2 at y = x^2 + n."""
        slope_x, slope_y = self.gradient(n)
        return self.value.subs(y, x**2 + n) / (slope_x**2 + slope_y**2)


QUARTIC = CurvedRavine(sp.S.One, sp.Integer(4))
