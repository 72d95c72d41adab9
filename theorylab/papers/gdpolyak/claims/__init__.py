"""The claims and controls of the specification, a topic a file, in the paper's order."""

#: Reading order.
TOPICS = (
    "nearly_linear",
    "ravine",
    "gradient_descent",
    "epochs",
    "fixed_k",
    "period_two",
    "alignment",
    "pure_polyak",
    "factorisation",
    "neuron",
    "sensing",
    "robustness",
)
