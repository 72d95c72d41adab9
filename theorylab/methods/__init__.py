"""Methods: one file a family, the record and its jitted step together."""

from .gradient import GD
from .polyak import GDPolyak, Polyak, RestartedGDPolyak

__all__ = ["GD", "GDPolyak", "Polyak", "RestartedGDPolyak"]
