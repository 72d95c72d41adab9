"""Derivations of the GDPolyak paper, one topic a file; `ALL` maps each name to its function."""

from theorylab.papers.gdpolyak.derivations.alignment import alignment
from theorylab.papers.gdpolyak.derivations.fixed_k import fixed_k
from theorylab.papers.gdpolyak.derivations.gd_rate import gd_rate
from theorylab.papers.gdpolyak.derivations.invariant_end import invariant_end
from theorylab.papers.gdpolyak.derivations.limits import long_step, rounding_floor, wrong_f_star
from theorylab.papers.gdpolyak.derivations.matrix_factorisation import matrix_factorisation
from theorylab.papers.gdpolyak.derivations.metric_projection import metric_projection
from theorylab.papers.gdpolyak.derivations.neuron import naive_neuron, neuron
from theorylab.papers.gdpolyak.derivations.one_short_step import one_short_step
from theorylab.papers.gdpolyak.derivations.period_two import period_two
from theorylab.papers.gdpolyak.derivations.polyak_step import polyak_step
from theorylab.papers.gdpolyak.derivations.pure_polyak import pure_polyak
from theorylab.papers.gdpolyak.derivations.sensing import mse_identity, sensing
from theorylab.papers.gdpolyak.derivations.slow_manifold import slow_manifold

ALL = {
    function.__name__: function
    for function in (
        gd_rate, polyak_step, alignment, fixed_k, invariant_end, slow_manifold, metric_projection, period_two,
        one_short_step, pure_polyak, matrix_factorisation, neuron, naive_neuron, wrong_f_star, rounding_floor,
        long_step, sensing, mse_identity,
    )
}  # fmt: skip
