"""The claims and controls of the specification, a topic a file, in the paper's order."""

#: Reading order.
TOPICS = (
    "theorem1",
    "lemmas",
    "transition",
    "perceptron",
    "rates",
    "corollary2",
    "monotone",
    "losses",
    "poly",
    "sgd",
    "network",
    "adaptive",
    "experiments",
)
