"""Methods: one file a family, the record and its jitted step together."""

from .adagrad import AdaGradNorm
from .gradient import GD
from .momentum import HeavyBall
from .polyak import GDPolyak, Polyak, RestartedGDPolyak

__all__ = ["GD", "AdaGradNorm", "GDPolyak", "HeavyBall", "Polyak", "RestartedGDPolyak"]
