"""The searches that several figures compare, and how they look."""

from theorylab.methods import MemoryArmijo

#: A first trial without meaning: round ones hit minimisers exactly.
T0 = 0.61
#: No step is longer than 1.
CAPPED = MemoryArmijo(T0, 2.0, 2.0, 0.5, 1.0)


def four(t0: float, cap: float = 1.0) -> dict[str, MemoryArmijo]:
    """A capped memory and three without a cap, by their labels."""
    pairs = ((2.0, 2.0), (30.0, 1e4), (2.0, 1e4))
    free = {_named(f1, f2): MemoryArmijo(t0, f1, f2, 0.5) for f1, f2 in pairs}
    return {rf"$t_k\leq{cap:g}$, $f_1=f_2=2$": MemoryArmijo(t0, 2.0, 2.0, 0.5, cap)} | free


def _named(f1, f2) -> str:
    return r"$f_1=f_2=2$" if f1 == f2 else rf"$f_1={f1:g}$, $f_2=10^4$"
