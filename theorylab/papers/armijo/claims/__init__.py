"""The claims and controls of the specification, a topic a file, in the paper's order."""

#: Reading order.
TOPICS = (
    "steps",
    "worst_case",
    "bounds",
    "analytic",
    "plane",
    "unbounded",
    "evaluations",
    "starts",
    "experiments",
)
