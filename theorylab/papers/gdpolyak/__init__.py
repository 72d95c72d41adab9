"""D. Davis, D. Drusvyatskiy, L. Jiang, Gradient descent with adaptive stepsize converges (nearly) linearly under
fourth-order growth, arXiv:2409.19791; Mathematical Programming 2025, doi 10.1007/s10107-025-02290-5.

The full text was not at hand: statements are those of the abstract and introduction in our words [quoted], of the
authors' public notebook and third-party summaries [secondary], or worked out by us [derived]. No [derived] constant
is the paper's.
"""
