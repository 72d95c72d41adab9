"""Derivations of the Armijo paper, one topic a file; `ALL` maps each name to its function."""

from theorylab.papers.armijo.derivations.accepted import accepted_step
from theorylab.papers.armijo.derivations.cgt import cgt
from theorylab.papers.armijo.derivations.floor import rounding_floor
from theorylab.papers.armijo.derivations.general import general_complexity
from theorylab.papers.armijo.derivations.lojasiewicz import lojasiewicz
from theorylab.papers.armijo.derivations.memory import memory_complexity
from theorylab.papers.armijo.derivations.no_floor import no_step_floor
from theorylab.papers.armijo.derivations.polygon import newton_polygon
from theorylab.papers.armijo.derivations.powers import power_constants
from theorylab.papers.armijo.derivations.start import start_dependence
from theorylab.papers.armijo.derivations.unbounded import unbounded
from theorylab.papers.armijo.derivations.unit import unit_step

_IN_ORDER = (
    accepted_step, general_complexity, memory_complexity, lojasiewicz, power_constants, cgt, unit_step, unbounded,
    rounding_floor, start_dependence, no_step_floor, newton_polygon,
)  # fmt: skip
ALL = {function.__name__: function for function in _IN_ORDER}
