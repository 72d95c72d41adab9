"""F. Orabona, T. Tommasi, Training deep networks without learning rates through coin betting, NeurIPS 2017,
arXiv:1705.07795; and F. Orabona, D. Pal, Coin betting and parameter-free online learning, NeurIPS 2016.

The full text of the first was not at hand: methods are those of public implementations [secondary] and of the authors'
published code [quoted], bounds are worked out by us [derived]. What is said of the bettor of Krichevsky and Trofimov is
in the second paper, in our words [quoted]. No [derived] constant is the paper's.
"""
