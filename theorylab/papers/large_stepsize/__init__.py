"""J. Wu, P. L. Bartlett, M. Telgarsky, B. Yu, Large stepsize gradient descent for logistic loss: non-monotonicity of
the loss improves optimization efficiency, COLT 2024, PMLR 247:5019-5073.

Statements and constants are those of the proceedings version in our words [quoted], or worked out by us [derived]. No
[derived] constant is the paper's.
"""
