"""Derivations of the GDPolyak paper, one topic a file; `ALL` maps each name to its function."""

from theorylab.papers.gdpolyak.derivations.alignment import alignment
from theorylab.papers.gdpolyak.derivations.fixed_k import fixed_k
from theorylab.papers.gdpolyak.derivations.gd_rate import gd_rate
from theorylab.papers.gdpolyak.derivations.polyak_step import polyak_step

ALL = {function.__name__: function for function in (gd_rate, polyak_step, alignment, fixed_k)}
