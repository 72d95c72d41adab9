"""Derivations of the large-stepsize paper, one topic a file; `ALL` maps each name to its function."""

from theorylab.papers.large_stepsize.derivations.adaptive import adaptive_exp, phi_hessian
from theorylab.papers.large_stepsize.derivations.corollary import corollary2
from theorylab.papers.large_stepsize.derivations.eos import norm_lemmas, split_bound
from theorylab.papers.large_stepsize.derivations.first_step import first_step
from theorylab.papers.large_stepsize.derivations.imbalanced import certificate, imbalanced
from theorylab.papers.large_stepsize.derivations.losses import general_bounds, lemma32, loss_constants
from theorylab.papers.large_stepsize.derivations.network import network
from theorylab.papers.large_stepsize.derivations.nonseparable import nonseparable
from theorylab.papers.large_stepsize.derivations.perceptron import perceptron
from theorylab.papers.large_stepsize.derivations.poly_rates import poly_rates
from theorylab.papers.large_stepsize.derivations.rates import inverse_increment
from theorylab.papers.large_stepsize.derivations.sgd import sgd_bounds
from theorylab.papers.large_stepsize.derivations.stable import log_free, stable_phase
from theorylab.papers.large_stepsize.derivations.transition import transition

_THEOREM_1 = (split_bound, norm_lemmas, transition, stable_phase, log_free, corollary2, inverse_increment)
_MORE = (
    perceptron, imbalanced, certificate, first_step, loss_constants, lemma32, general_bounds, poly_rates, adaptive_exp,
    phi_hessian, sgd_bounds, network, nonseparable,
)  # fmt: skip
THEOREM_1 = {function.__name__: function for function in _THEOREM_1}
MORE = {function.__name__: function for function in _MORE}
ALL = THEOREM_1 | MORE
