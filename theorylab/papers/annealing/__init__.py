"""A. Attia and T. Koren, learning-rate annealing and robustness to a coarse learning-rate grid, arXiv:2503.09411.

The full text was not at hand: the rates are [quoted] or [secondary] as tagged, every constant and proof is [derived].
"""
