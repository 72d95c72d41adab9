"""What `theorylab calibrate` draws, and the numbers that each class has to reach."""

from collections.abc import Callable
from typing import NamedTuple

from theorylab.calibration import real, synthetic
from theorylab.calibration.draw import Draw
from theorylab.calibration.sweeps import KINDS
from theorylab.fits.formula import PHI, B, G, H, M, S
from theorylab.fits.laws import EXPONENTIAL, RICH, SIMPLE


class Targets(NamedTuple):
    """Least coverage and largest median half-width and undecided share; least shares of the other columns.

    The half-width of an exponential law is relative to its rate. None: not asked of this class.
    """

    coverage: float = 0.95
    half_width: float | None = None
    undecided: float | None = 0.10
    right_law: float = 0.99
    rejects_tenth: float | None = None
    rejects_twentieth: float | None = None
    log_power: float | None = None


class Class(NamedTuple):
    """A class of traces: how to draw one, the laws left out of the dictionary, and what has to be reached.

    `log_allowed` judges the coverage by the interval that allows a logarithm; `log_known` tells the fit its power.
    """

    name: str
    group: str
    draw: Callable[..., Draw]
    targets: Targets
    without: tuple[str, ...] = ()
    log_allowed: bool = False
    log_known: bool = False


SHARP = Targets(half_width=0.005, rejects_tenth=0.99, rejects_twentieth=0.97)
STAIRS = SHARP._replace(half_width=0.02)
NOISY = Targets(half_width=0.015)
HARD = Targets(undecided=None)
NOISY_LOG = Targets(0.93, undecided=None)
OUTSIDE = Targets(0.80, undecided=None, right_law=0.0)
REAL = Targets(half_width=0.003)

LAWS = SIMPLE + RICH + EXPONENTIAL
LOGS = tuple(law.name for law in LAWS if M in law.free or M in law.fixed)
CORRECTIONS = tuple(law.name for law in LAWS if {H, B} <= set(law.free) and not {S, M} & set(law.fixed))
SHIFTS = (*(law.name for law in LAWS if G in law.free), "two powers with a knee")
FLOORS = (*(law.name for law in LAWS if PHI in law.free), *CORRECTIONS)


def _classes(group, targets, draws, **more) -> list[Class]:
    return [Class(draw.__name__.replace("_", " "), group, draw, targets, **more) for draw in draws]


def _seeds(draw, targets, **more) -> Class:
    return Class(f"seeds on {draw.__name__}", "noise", synthetic.seeds_on(draw), targets, **more)


def _removed(draw, without) -> Class:
    name = f"{draw.__name__.replace('_', ' ')}, law removed"
    return Class(name, "outside the dictionary", draw, OUTSIDE, tuple(without))


CLASSES = (
    *_classes("noise-free", SHARP, (synthetic.pure,)),
    *_classes("noise-free", SHARP._replace(log_power=0.95), (synthetic.log, synthetic.shifted_log)),
    *_classes("noise-free", SHARP, (synthetic.shift, synthetic.transient, synthetic.floor, synthetic.rounding,
                                    synthetic.oscillation)),
    *_classes("noise-free", STAIRS, (synthetic.power_staircase, synthetic.exponential_staircase)),
    *_classes("noise-free", SHARP, (synthetic.knee, synthetic.exponential, synthetic.exponential_times_power)),
    *_classes("two corrections", HARD, (synthetic.log_transient, synthetic.two_transients,
                                        synthetic.log_plus_transient)),
    _seeds(synthetic.pure, NOISY),
    *_classes("noise", NOISY._replace(undecided=0.15), (synthetic.single_noisy,)),
    *_classes("noise", HARD, (synthetic.running_minimum,)),
    _seeds(synthetic.log, NOISY_LOG, log_allowed=True),
    _seeds(synthetic.log, NOISY, log_known=True)._replace(name="seeds on log, power known"),
    *(_seeds(draw, NOISY_LOG) for draw in (synthetic.transient, synthetic.shift, synthetic.floor,
                                           synthetic.exponential)),
    Class("real runs", "real runs", real.draw, REAL),
    _removed(synthetic.log, LOGS),
    _removed(synthetic.shifted_log, LOGS),
    _removed(synthetic.shift, SHIFTS),
    _removed(synthetic.transient, CORRECTIONS),
    _removed(synthetic.floor, FLOORS),
    _removed(synthetic.knee, ("two powers with a knee",)),
    _removed(synthetic.log_transient, ("power x log x correction",)),
    _removed(synthetic.exponential, ("exponential", "exponential x power")),
    _removed(synthetic.exponential_times_power, ("exponential x power",)),
    *_classes("outside the dictionary", OUTSIDE, (
        synthetic.log_log, synthetic.inverse_log, synthetic.log_times_log_log, synthetic.log_plus_log_log,
        synthetic.root_log,
    )),
)

#: What `fit_parameter` has to cover, for the kinds of sweeps that have a target.
SWEEP_COVERAGE = {"pure": 0.95, "correction": 0.90}


def choose(words=None) -> tuple[list[Class], list[str]]:
    """The classes of traces and the kinds of sweeps whose name or group contains one of the words; all without words.

    The sweeps are the group "parameter sweeps".
    """

    def chosen(*names):
        return not words or any(word.lower() in name for word in words for name in names)

    classes = [c for c in CLASSES if chosen(c.name, c.group)]
    return classes, [kind for kind in KINDS if chosen(kind + " sweep", "parameter sweeps")]
