"""The claims and controls of the specification, a topic a file, in the paper's order."""

#: Reading order.
TOPICS = (
    "bounds", "rates", "scaling", "growth", "quasiconvex", "kt", "lower", "backprop", "data", "network", "controls",
)  # fmt: skip
