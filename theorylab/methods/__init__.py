"""Methods: one file a family, the record and its jitted step together."""

from .adagrad import AdaGradNorm
from .gradient import GD
from .momentum import HeavyBall
from .onlog import LogExpm1GD, LogGD
from .perceptron import BatchPerceptron
from .polyak import GDPolyak, Polyak, RestartedGDPolyak
from .sgd import SGD, CyclicSGD
from .watch import MarginWatch

__all__ = [
    "GD", "SGD", "AdaGradNorm", "BatchPerceptron", "CyclicSGD", "GDPolyak", "HeavyBall", "LogExpm1GD", "LogGD",
    "MarginWatch", "Polyak", "RestartedGDPolyak",
]  # fmt: skip
