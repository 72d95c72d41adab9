"""Derivations of the annealing paper, one topic a file; `ALL` maps each name to its function."""

from theorylab.papers.annealing.derivations.cooldown import sqrt_cooldown, wsd
from theorylab.papers.annealing.derivations.cosine import cosine
from theorylab.papers.annealing.derivations.diffusion import diffusion_scaling
from theorylab.papers.annealing.derivations.fixed import fixed_lower, fixed_upper
from theorylab.papers.annealing.derivations.general import general_schedule, p_eff
from theorylab.papers.annealing.derivations.grid import grid_saving, undershoot
from theorylab.papers.annealing.derivations.polynomial import poly_bound
from theorylab.papers.annealing.derivations.sharp import sharp_weights
from theorylab.papers.annealing.derivations.smooth import smooth
from theorylab.papers.annealing.derivations.window import window_lemma

__all__ = ["ALL", "p_eff"]

_IN_ORDER = (
    window_lemma, sharp_weights, poly_bound, general_schedule, cosine, wsd, sqrt_cooldown, fixed_upper, fixed_lower,
    diffusion_scaling, smooth, undershoot, grid_saving,
)  # fmt: skip
ALL = {function.__name__: function for function in _IN_ORDER}
