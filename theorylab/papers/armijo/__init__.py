"""B. Bensaid, on the complexity of Armijo-like algorithms under (L0,L1)-smoothness and analyticity, arXiv:2412.14637.

The full text was not at hand, only the abstract, which states no exponent: statements are ours [derived] unless tagged.
Searches are those of the author's public code [secondary].
"""
