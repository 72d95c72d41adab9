r"""Statements on balls: a sympy inequality, and the numbers that its symbols stand for along a replay."""

import functools
import operator
from collections.abc import Callable, Mapping
from typing import NamedTuple

import sympy as sp
from flint import arb, fmpq

from .balls import Ball, Undecided, as_arb
from .lift import lift


class Statement(NamedTuple):
    r"""The claim :math:`\mathrm{lhs} \le \mathrm{rhs}`, violated where certainly :math:`\mathrm{lhs} > \mathrm{rhs}`.

    Symbols are bound by name: fields of the problem and of the method (of nested problems too), ``t`` (steps done),
    ``gap``, ``grad_norm2``, ``x0``, ``x1``, ... and the method's columns at the present state, and the `observables`.
    The prefix ``before_`` means the state one step earlier, ``start_`` the first one, ``recorded_`` a float64 that a
    run has stored; ``problem_``, ``method_`` and ``column_`` tell equal names apart.

    Attributes
    ----------
    lhs, rhs : sympy.Expr
        Without floats: numbers are rational.
    observables : dict of str to callable, optional
        Further quantities: ``observable(problem, point) -> ball``, plain Python that is lifted like a kernel.
    hypotheses : tuple of sympy relations, optional
        What the claim assumes and what can be computed at the instance; a violation counts only where all of them
        certainly hold.
    assumed : tuple of str, optional
        What the claim assumes and nobody computes, in words.
    """

    lhs: sp.Expr
    rhs: sp.Expr
    observables: Mapping[str, Callable] = {}
    hypotheses: tuple = ()
    assumed: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Names of all symbols."""
        free = self.lhs.free_symbols.union(self.rhs.free_symbols, *(h.free_symbols for h in self.hypotheses))
        return frozenset(symbol.name for symbol in free)


class Finding(NamedTuple):
    """The two sides at one instance; `violated` is None where the enclosures cannot decide."""

    lhs: Ball
    rhs: Ball
    difference: Ball
    violated: bool | None


def judge(statement: Statement, values: Mapping[str, Ball]) -> Finding:
    """Whether lhs > rhs certainly, certainly not, or undecided, where the symbols have these values."""
    lhs, rhs = evaluate(statement.lhs, values), evaluate(statement.rhs, values)
    difference = lhs - rhs
    violated = _decided(operator.gt, difference, Ball(0))
    for hypothesis in statement.hypotheses if violated is not False else ():
        holds = is_true(hypothesis, values)
        if not holds:
            violated = False if holds is False else None
            break
    return Finding(lhs, rhs, difference, violated)


_RELATIONS = {
    sp.StrictGreaterThan: operator.gt,
    sp.StrictLessThan: operator.lt,
    sp.GreaterThan: operator.ge,
    sp.LessThan: operator.le,
}


def is_true(relation, values) -> bool | None:
    """Whether a sympy relation holds; None where the enclosures cannot decide."""
    if relation in (True, False):
        return bool(relation)
    if type(relation) not in _RELATIONS:
        raise TypeError(f"{relation} is not one of <, <=, >, >=: a hypothesis has to be one that balls can decide")
    return _decided(_RELATIONS[type(relation)], evaluate(relation.lhs, values), evaluate(relation.rhs, values))


def _decided(relation, a, b) -> bool | None:
    try:
        return relation(a, b)
    except Undecided:
        return None


def evaluate(expression: sp.Expr, values: Mapping[str, Ball]) -> Ball:
    """The expression on balls, by a walk over the sympy tree; symbols take ``values[name]``.

    Raises
    ------
    TypeError
        If the expression holds a float or a function without a ball version.
    KeyError
        If a symbol has no value.
    """
    return Ball(_compiled(sp.sympify(expression))(values))


def _fold(operation):
    return lambda *terms: functools.reduce(operation, terms)


_FUNCTIONS = {
    sp.Add: _fold(operator.add),
    sp.Mul: _fold(operator.mul),
    sp.Max: _fold(arb.max),
    sp.Min: _fold(arb.min),
    sp.Abs: abs,
    sp.sign: arb.sgn,
    sp.exp: arb.exp,
    sp.log: arb.log,
    sp.sin: arb.sin,
    sp.cos: arb.cos,
    sp.tan: arb.tan,
    sp.asin: arb.asin,
    sp.acos: arb.acos,
    sp.atan: arb.atan,
    sp.atan2: arb.atan2,
    sp.sinh: arb.sinh,
    sp.cosh: arb.cosh,
    sp.tanh: arb.tanh,
    sp.erf: arb.erf,
    sp.erfc: arb.erfc,
    sp.gamma: arb.gamma,
    sp.loggamma: arb.lgamma,
    sp.LambertW: lambda x, branch=None: x.lambertw(0 if branch is None else int(branch.unique_fmpz())),
}
_CONSTANTS = {sp.pi: arb.pi, sp.E: arb.const_e, sp.EulerGamma: arb.const_euler, sp.Catalan: arb.const_catalan}


@functools.lru_cache(maxsize=4096)
def _compiled(node):
    """A function of the values that walks below `node`; numbers become balls only then, at the precision of the day."""
    if isinstance(node, sp.Float):
        raise TypeError(f"the statement holds the float {node}, which was rounded before; write a sympy Rational")
    if isinstance(node, sp.Rational):
        number = fmpq(int(node.p), int(node.q))
        return lambda values: arb(number)
    if isinstance(node, sp.Symbol):
        name = node.name
        return lambda values: as_arb(values[name])
    if node in _CONSTANTS:
        constant = _CONSTANTS[node]
        return lambda values: constant()
    if isinstance(node, sp.Pow):
        return _power(node)
    if node.func not in _FUNCTIONS:
        raise TypeError(f"{node} cannot be evaluated on balls: {node.func.__name__} has no ball version here")
    function, arguments = _FUNCTIONS[node.func], [_compiled(argument) for argument in node.args]
    return lambda values: function(*[argument(values) for argument in arguments])


def _power(node):
    base = _compiled(node.base)
    if node.exp.is_Integer:
        exponent = int(node.exp)
        return lambda values: base(values) ** exponent
    if node.exp == sp.Rational(1, 2):
        return lambda values: base(values).sqrt()
    if node.base == sp.E:
        power = _compiled(node.exp)
        return lambda values: power(values).exp()
    exponent = _compiled(node.exp)
    return lambda values: base(values) ** exponent(values)


class State(NamedTuple):
    """Where a replay stands: steps done, iterate with gap and gradient, the method's memory."""

    t: int
    at: object
    memory: object


class Environment(Mapping):
    """Values of a statement's symbols at one state of a replay, each computed when it is asked for."""

    def __init__(self, problem, method, statement, states, point, recorded):
        self._records = problem, method
        self._statement = statement
        self._states = states
        self._given = {name: Ball(value) for name, value in point.items()}
        self._given.update({f"recorded_{name}": Ball(value) for name, value in recorded.items()})

    def __getitem__(self, name):
        meanings = list(self._meanings(name))
        if not meanings:
            raise KeyError(
                f"the statement speaks of {name!r}, which is no field of the problem or the method, no column, no "
                "observable and no given value"
            )
        if len(meanings) > 1:
            raise KeyError(
                f"the statement's {name!r} has {len(meanings)} meanings here; "
                f"say problem_{name}, method_{name} or column_{name}"
            )
        return meanings[0]

    def _meanings(self, name):
        if name in self._given:
            yield self._given[name]
        for prefix, state in self._states.items():
            if name.startswith(prefix):
                yield from self._at(state, name.removeprefix(prefix))
        problem, method = self._records
        for prefix, outer in (("problem_", problem), ("method_", method)):
            for record in _nested(outer):
                value = getattr(record, name.removeprefix(prefix), None)
                if name.removeprefix(prefix) in record._fields and isinstance(value, Ball):
                    yield value

    def _at(self, state, name):
        problem, method = self._records
        if name in self._statement.observables:
            yield lift(self._statement.observables[name])(problem, state.at)
        elif name == "t":
            yield Ball(state.t)
        elif name == "gap":
            yield state.at.f
        elif name == "grad_norm2":
            yield sum((g * g for g in state.at.g), Ball(0))
        elif name[:1] == "x" and name[1:].isdigit() and int(name[1:]) < len(state.at.x):
            yield state.at.x[int(name[1:])]
        elif name.removeprefix("column_") in getattr(method, "column_names", ()):
            columns = lift(type(method).columns)(method, state.at, state.memory)
            yield columns[method.column_names.index(name.removeprefix("column_"))]

    def __iter__(self):
        return iter(self._statement.names)

    def __len__(self):
        return len(self._statement.names)


def _nested(record):
    if hasattr(record, "_fields"):
        yield record
        for value in record:
            yield from _nested(value)
