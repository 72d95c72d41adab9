"""How a run ended: data, not an exception."""

from enum import IntEnum

from theorylab import kernels


class Status(IntEnum):
    """The ending of a run; `sentence` says it in words."""

    STEP_LIMIT = kernels.RUNNING
    FLOOR = kernels.FLOOR
    DIVERGED = kernels.DIVERGED
    STALLED = kernels.STALLED
    BELOW_F_STAR = kernels.BELOW
    BROKEN = kernels.BROKEN
    INTERRUPTED = 99

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        return _SENTENCES[self]


_SENTENCES = {
    Status.STEP_LIMIT: "the run made all the steps that were asked for",
    Status.FLOOR: "the gap reached the declared floor",
    Status.DIVERGED: "the gap left every bound or became nan",
    Status.STALLED: "the iterate stopped moving: every further step would be a null step",
    Status.BELOW_F_STAR: "the gap fell below zero: f_star is above a value that was seen, so it is wrong",
    Status.BROKEN: "the method met what it cannot work with",
    Status.INTERRUPTED: "the run was interrupted; the records up to that point are kept",
}
