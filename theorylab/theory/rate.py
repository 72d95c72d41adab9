"""Rate: a symbolic law C x^a (log x)^m (log log x)^l, as x -> oo or x -> 0+."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from theorylab.theory.leading import Cancelled, Undecided, compare_orders, leading, sign

__all__ = ["Rate", "Undecided", "balance", "substitute"]

DIRECTIONS = ("oo", "0+")


@dataclass(frozen=True)
class Rate:
    """The law C x^a (log X)^m (log log X)^l, where X = x as x -> oo and X = 1/x as x -> 0+.

    Parameters
    ----------
    constant : sympy.Expr
        C, free of the variable.
    variable : sympy.Symbol
        x.
    power, log_power, loglog_power : sympy.Expr
        a, m and l; a is the power of x itself in both directions.
    direction : {"oo", "0+"}
        Where x goes.
    source : sympy.Expr, optional
        The expression whose leading term this is; `confirm` compares with it.

    Raises
    ------
    ValueError
        If the direction is neither "oo" nor "0+".
    """

    constant: sp.Expr
    variable: sp.Symbol
    power: sp.Expr
    log_power: sp.Expr = sp.S.Zero
    loglog_power: sp.Expr = sp.S.Zero
    direction: str = "oo"
    source: sp.Expr | None = field(default=None, compare=False, repr=False)

    def __post_init__(self):
        if self.direction not in DIRECTIONS:
            raise ValueError(f"direction is {self.direction!r}; expected 'oo' or '0+'")
        for name in ("constant", "power", "log_power", "loglog_power"):
            object.__setattr__(self, name, sp.sympify(getattr(self, name)))

    @classmethod
    def of(cls, expr, variable: sp.Symbol, direction: str = "oo") -> Rate:
        """Leading term of an expression, by structure (no limits are taken).

        Raises
        ------
        Undecided
            If `expr` follows no law of this form, vanishes, or the assumptions leave a comparison open.
        """
        expr = sp.sympify(expr)
        X = sp.Dummy("X", positive=True)
        inner = expr.subs(variable, X if direction == "oo" else 1 / X)
        try:
            constant, (a, m, l) = leading(inner, X)
        except Cancelled:
            raise Undecided(f"{expr} vanishes identically: it has no leading term") from None
        a = a if direction == "oo" else -a
        return cls(sp.powsimp(_tidy(constant)), variable, _tidy(a), _tidy(m), _tidy(l), direction, expr)

    @property
    def expr(self) -> sp.Expr:
        """The law as one sympy expression."""
        x = self.variable
        X = x if self.direction == "oo" else 1 / x
        loglog = sp.log(sp.log(X)) ** self.loglog_power
        return self.constant * x**self.power * sp.log(X) ** self.log_power * loglog

    @property
    def orders(self) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
        """Power, log power and log log power in X, the variable that grows."""
        return (self.power if self.direction == "oo" else -self.power), self.log_power, self.loglog_power

    def _parts(self):
        x = self.variable
        X = x if self.direction == "oo" else 1 / x
        shown = ((x, self.power), (sp.log(X), self.log_power), (sp.log(sp.log(X)), self.loglog_power))
        return [(base, exponent) for base, exponent in shown if exponent != 0]

    def __str__(self) -> str:
        factors = []
        for base, exponent in self._parts():
            text = str(exponent)
            if exponent == 1:
                factors.append(str(base))
            else:
                plain = exponent.is_Integer and exponent > 0 or exponent.is_Symbol
                factors.append(f"{base}**{text}" if plain else f"{base}**({text})")
        if self.constant != 1 or not factors:
            text = str(self.constant)
            factors.insert(0, f"({text})" if self.constant.is_Add and factors else text)
        return " * ".join(factors)

    def latex(self) -> str:
        """LaTeX of the law, constant first."""
        factors = []
        for base, exponent in self._parts():
            text = sp.latex(base)
            text = rf"\left({text}\right)" if base != self.variable and exponent != 1 else text
            factors.append(text if exponent == 1 else f"{text}^{{{sp.latex(exponent)}}}")
        if self.constant != 1 or not factors:
            text = sp.latex(self.constant)
            factors.insert(0, rf"\left({text}\right)" if self.constant.is_Add and factors else text)
        return r" \, ".join(factors)

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def _combine(self, other: Rate, s: int) -> Rate:
        if (self.variable, self.direction) != (other.variable, other.direction):
            raise ValueError(
                f"cannot combine a law in {self.variable} -> {self.direction} with one in "
                f"{other.variable} -> {other.direction}; substitute first, so that both have one variable"
            )
        source = None if self.source is None or other.source is None else self.source * other.source**s
        return Rate(
            sp.simplify(self.constant * other.constant**s),
            self.variable,
            _tidy(self.power + s * other.power),
            _tidy(self.log_power + s * other.log_power),
            _tidy(self.loglog_power + s * other.loglog_power),
            self.direction,
            source,
        )

    def __mul__(self, other) -> Rate:
        return self._combine(other if isinstance(other, Rate) else self._number(other), 1)

    __rmul__ = __mul__

    def __truediv__(self, other) -> Rate:
        return self._combine(other if isinstance(other, Rate) else self._number(other), -1)

    def _number(self, value) -> Rate:
        value = sp.sympify(value)
        return Rate(value, self.variable, sp.S.Zero, direction=self.direction, source=value)

    def __pow__(self, exponent) -> Rate:
        k = sp.sympify(exponent)
        if not k.is_integer and sign(self.constant) != 1:
            raise Undecided(f"the constant {self.constant} is negative: its power {k} is not real")
        a, m, l = (_tidy(k * order) for order in (self.power, self.log_power, self.loglog_power))
        constant = sp.powdenest(self.constant**k, force=True)
        source = None if self.source is None else self.source**k
        return Rate(constant, self.variable, a, m, l, self.direction, source)

    def _order(self, other: Rate) -> int:
        if (self.variable, self.direction) != (other.variable, other.direction):
            raise ValueError(f"cannot compare {self} with {other}: variable or direction differ")
        return compare_orders(self.orders, other.orders)

    def __lt__(self, other: Rate) -> bool:
        """self / other -> 0; lexicographic in the orders; raises `Undecided` where assumptions leave it open."""
        return self._order(other) < 0

    def __gt__(self, other: Rate) -> bool:
        return self._order(other) > 0

    def __le__(self, other: Rate) -> bool:
        return self._order(other) <= 0

    def __ge__(self, other: Rate) -> bool:
        return self._order(other) >= 0

    def subs(self, values: Mapping) -> Rate:
        """The same law with parameters replaced: ``rate.subs({p: 4, eta: Rational(1, 10)})``."""
        constant, *powers = (e.subs(values) for e in (self.constant, self.power, self.log_power, self.loglog_power))
        source = None if self.source is None else self.source.subs(values)
        return Rate(constant, self.variable, *powers, self.direction, source)

    def __call__(self, values):
        """Value of the law at numbers (a float or an array of any shape).

        Raises
        ------
        ValueError
            If a parameter has no value yet.
        """
        missing = self.expr.free_symbols - {self.variable}
        if missing:
            names = ", ".join(sorted(map(str, missing)))
            raise ValueError(f"the law {self} still contains {names}; give them values first with .subs({{...}})")
        return sp.lambdify(self.variable, self.expr, "numpy")(values)

    def invert(self, value: sp.Symbol) -> Rate:
        """Leading law of x against y = C x^a ...: an error becomes a complexity.

        From y = C T^-a log^m T follows T ~ (C/y)^(1/a) (log(1/y)/a)^(m/a) as y -> 0+. The convergence is
        logarithmically slow when m != 0: compare measurements with `invert_exact`.

        Raises
        ------
        Undecided
            If the power of x is zero or its sign is open.
        """
        b, m, l = self.orders
        s = sign(b)
        if s == 0:
            raise Undecided(f"{self} has no power of {self.variable}: its inverse is not a power law")
        # in X, which grows: X ~ (y/C)^(1/b) (|log y|/|b|)^(-m/b) (log |log y|)^(-l/b), and x = X or 1/X
        t = 1 if self.direction == "oo" else -1
        constant = sp.powdenest((self.constant ** (-t / b)) * sp.Abs(b) ** (t * m / b), force=True)
        powers = (sp.simplify(t / b), sp.simplify(-t * m / b), sp.simplify(-t * l / b))
        return Rate(sp.simplify(constant), value, *powers, direction="oo" if s > 0 else "0+")

    def invert_exact(self, value) -> sp.Expr:
        """Exact solution of C T^-a (log T)^m = value for large T, by Lambert's W on its branch -1.

        Raises
        ------
        Undecided
            If the law does not decay as the variable grows, or holds a power of log log T.
        """
        a, m = -self.power, self.log_power
        if self.direction != "oo" or sign(a) != 1 or self.loglog_power != 0:
            raise Undecided(f"{self} is not a decaying law C T^-a log(T)^m in a growing variable")
        if m == 0:
            return (self.constant / value) ** (1 / a)
        branch = -1 if sign(m) > 0 else 0
        return sp.exp(-(m / a) * sp.LambertW(-(a / m) * (value / self.constant) ** (1 / m), branch))

    def confirm(self) -> tuple:
        """Ratios source/law at X = 10^100, 10^10000 and 10^(10^8) (fewer where terms cancel): they approach 1.

        Returns
        -------
        tuple of flint.arb
            The ratios, at one draw of the parameters.

        Raises
        ------
        Undecided
            If the rate has no source, or the ratios do not approach 1.
        """
        from theorylab.theory.asymptotic import approaching_ratios

        if self.source is None:
            raise Undecided(f"the law {self} was given, not derived: there is no expression to confirm it with")
        return approaching_ratios(self.source, self.expr, self.variable, self.direction)


def _tidy(expr: sp.Expr) -> sp.Expr:
    if expr.is_Atom:
        return expr
    return sp.factor(expr) if expr.is_rational_function() else sp.simplify(expr)


def balance(monomials, x: sp.Symbol) -> list[tuple[sp.Expr, sp.Expr]]:
    """Balances of a sum of positive monomials over x: where a falling term meets a rising one.

    Returns
    -------
    list of (sympy.Expr, sympy.Expr)
        Pairs (x at the meeting, common value there); the minimum of the sum over x > 0 has the order of the largest.

    Raises
    ------
    ValueError
        If a term is not a monomial in x.
    """
    exponents = []
    for term in monomials:
        exponent = sp.simplify(x * sp.diff(term, x) / term)
        if exponent.has(x):
            raise ValueError(f"{term} is not a monomial in {x}; pass the terms of the sum one by one")
        exponents.append((term, exponent))
    meetings = []
    for falling, a in exponents:
        for rising, b in exponents:
            if sign(a) < 0 < sign(b):
                at = sp.powdenest(sp.simplify(falling.subs(x, 1) / rising.subs(x, 1)), force=True) ** (1 / (b - a))
                value = sp.powsimp(sp.powdenest(sp.simplify(falling.subs(x, at)), force=True), force=True)
                meetings.append((at, value))
    return meetings


def substitute(expr, x: sp.Symbol, scale, T: sp.Symbol, direction: str = "oo") -> Rate:
    """Law of expr in T along x = scale(T), such as eta = c T^s: one direction, never a joint limit."""
    return Rate.of(sp.sympify(expr).subs(x, scale), T, direction)
