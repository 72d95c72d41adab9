"""The theorems as numbers: derived expressions evaluated on a data set that meets their assumption."""

import numpy as np

from problems.samples import Sample, assumption_1
from theorylab.papers.large_stepsize.derivations import norm_lemmas, split_bound, stable_phase, transition
from theorylab.runs import BadInput
from theorylab.theory.evaluate import value


class Theorem1:
    r"""The bounds of Theorem 1 and Lemmas 8 and 9 for GD with a constant stepsize from the origin. [quoted]

    Parameters
    ----------
    sample : Sample
        Data of norm at most 1 that some direction separates; its margin gamma is computed.
    stepsize : float
        eta > 0, of any size.

    Raises
    ------
    BadInput
        If the data miss Assumption 1, with what to do, or the stepsize is not a positive number.
    """

    def __init__(self, sample: Sample, stepsize: float):
        faults = sample.faults() or assumption_1(sample)
        if not (np.isfinite(stepsize) and stepsize > 0):
            faults = [*faults, f"the stepsize is {stepsize}; it has to be a positive finite number"]
        if faults:
            raise BadInput("; ".join(faults))
        self._at = {"gamma": sample.margin, "eta": float(stepsize), "n": sample.n}

    def mean_loss(self, t) -> np.ndarray:
        r"""Bound on :math:`\tfrac1t\sum_{k<t}L_k`, t >= 1: :math:`(1 + \ln^2\lambda + \eta^2/4)/\lambda`."""
        return value(split_bound()["eos_bound"], t=t, **self._at)

    def norm(self, t) -> np.ndarray:
        r"""Bound on :math:`|w_t|`, t >= 1, with :math:`\ln_+` where the paper prints ln."""
        return value(norm_lemmas()["norm_bound_plus"], t=t, **self._at)

    def mean_potential(self, t) -> np.ndarray:
        r"""Bound on :math:`\tfrac1t\sum_{k<t}G_k`, t >= 1, with :math:`\ln_+` where the paper prints ln."""
        return value(norm_lemmas()["potential_bound_plus"], t=t, **self._at)

    @property
    def tau(self) -> float:
        """Steps after which the oscillating phase is certainly over."""
        return float(value(transition()["tau"], **self._at))

    def stable_loss(self, t, s, exp_loss) -> np.ndarray:
        r"""Bound on :math:`L_t`, t > s, from a step s with :math:`L_s \le 1/\eta` and :math:`F(w_s)` on."""
        return value(stable_phase()["stable_bound_t"], t=t, s=s, F_s=exp_loss, **self._at)
