"""The claims and controls of the specification, a topic a file, in the paper's order."""

#: Reading order.
TOPICS = ("exponents", "bounds", "lemmas", "diffusion", "sgd", "deterministic", "controls", "data")
