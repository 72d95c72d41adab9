"""Where a statement is put to the test: a problem, a method, a start, and how far to go."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .balls import Ball
from .statement import Environment, Finding, State, Statement, judge
from .trajectory import Draws


@dataclass(frozen=True, eq=False)
class Instance:
    """A point, a state or a run, every number of it taken as exact.

    Attributes
    ----------
    problem, method : NamedTuple or None
        None where the statement speaks of given values only.
    start : tuple of float or Fraction, or ndarray
        The first iterate.
    memory : NamedTuple or None
        The method's memory there; None: as at the start of a run.
    first, steps : int
        Step number of `start`, and how many steps to make.
    draws : Draws or None
        Recorded random numbers.
    point : dict of str to Fraction
        Given values of symbols.
    recorded : dict of str to float
        Float64 values that a run has stored; the statement calls them ``recorded_<name>``.
    """

    problem: tuple | None = None
    method: tuple | None = None
    start: object = None
    memory: object = None
    first: int = 0
    steps: int = 0
    draws: Draws | None = None
    point: dict = field(default_factory=dict)
    recorded: dict = field(default_factory=dict)

    def walk(self, statement: Statement, engine) -> Iterator["Judged"]:
        """The states of the replay at the present precision, each with its judge.

        Parameters
        ----------
        engine : type
            `Replay` or another class with its methods `first` and `states`.
        """
        if self.problem is None:
            yield Judged(None, statement, Environment(None, None, statement, {}, self.point, self.recorded))
            return
        replay = engine(self.problem, self.method, self.draws)
        start = before = replay.first(self.start, self.memory, self.first)
        for now in replay.states(start, self.steps):
            states = {"": now, "before_": before, "start_": start}
            yield Judged(
                now, statement,
                Environment(replay.problem, replay.method, statement, states, self.point, self.recorded),
            )  # fmt: skip
            before = now


class Judged(NamedTuple):
    """A state and what the statement's symbols mean there."""

    state: State | None
    statement: Statement
    values: Environment

    def finding(self) -> Finding:
        """The statement here."""
        return judge(self.statement, self.values)


def bounds(ball: Ball) -> list[str]:
    """Outward-rounded float64 bounds in hexadecimal."""
    return [value.hex() for value in ball.enclosure()]
