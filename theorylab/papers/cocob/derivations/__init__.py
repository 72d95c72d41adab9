"""Derivations of the coin-betting paper, one topic a file; `ALL` maps each name to its function."""

from theorylab.papers.cocob.derivations.backprop import backprop_first_step
from theorylab.papers.cocob.derivations.baselines import baselines
from theorylab.papers.cocob.derivations.betting import bet_from_potential
from theorylab.papers.cocob.derivations.conjugate import conjugate
from theorylab.papers.cocob.derivations.doubling import doubling, kt_doubling, overshoot
from theorylab.papers.cocob.derivations.effective import effective_rates
from theorylab.papers.cocob.derivations.gap import gap_bound
from theorylab.papers.cocob.derivations.kt import kt
from theorylab.papers.cocob.derivations.lower import lower_bound
from theorylab.papers.cocob.derivations.misspecified import misspecified
from theorylab.papers.cocob.derivations.regret import regret_bound
from theorylab.papers.cocob.derivations.slopes import local_slopes
from theorylab.papers.cocob.derivations.wealth import wealth_bound

_IN_ORDER = (
    bet_from_potential, wealth_bound, conjugate, regret_bound, baselines, gap_bound, local_slopes, doubling,
    kt_doubling, overshoot, effective_rates, misspecified, kt, lower_bound, backprop_first_step,
)  # fmt: skip
ALL = {function.__name__: function for function in _IN_ORDER}
