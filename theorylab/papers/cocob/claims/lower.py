"""What no algorithm can do: the lower bound of the regret against the bounds, and a regret without the logarithm."""

from fractions import Fraction

import numpy as np
import sympy as sp

from theorylab.claims import Checked, Compared, claim
from theorylab.papers.cocob.derivations import gap_bound, kt, lower_bound
from theorylab.papers.cocob.derivations.symbols import P, T, epsilon, u
from theorylab.papers.cocob.lower import best_place, least_regret
from theorylab.replay import Statement, certify_static
from theorylab.theory.evaluate import value

_SIZES, _DISTANCES = (100, 10_000, 1_000_000), (1.0, 10.0, 1e3)


@claim(
    "cocob.lb-consistent",
    kind="ordering",
    place="spec 5.7",
    source="derived",
    derivations=(lower_bound, kt, gap_bound),
    statement=lambda: sp.Lt(sp.Symbol("LB"), kt()["regret"]),
)
def lb_consistent(plan):
    """The lower bound of every algorithm's regret lies below the bounds of KT and of Algorithm 1; their ratio falls
    with u, and with T for u = 1 and 10, towards sqrt 2."""
    ratios = {}
    for rounds in _SIZES:
        least = least_regret(rounds, _DISTANCES)
        bounds = {"KT": value(kt()["regret"], T=rounds, u=_DISTANCES, epsilon=1),
                  "Algorithm 1": rounds * value(gap_bound()["worst"], T=rounds, D=_DISTANCES, L=1)}  # fmt: skip
        for name, bound in bounds.items():
            for k, distance in enumerate(_DISTANCES):
                label = f"{name}, T={rounds}, u={distance:g}"
                ratio = ratios[name, rounds, distance] = float(bound[k] / least[k])
                yield Compared((least[k],) * 2, (bound[k],) * 2, label, f"ratio {ratio:.3f}")
    for name in ("KT", "Algorithm 1"):
        for rounds in _SIZES:
            for near, far in zip(_DISTANCES[:-1], _DISTANCES[1:], strict=True):
                yield _falls(ratios[name, rounds, near], ratios[name, rounds, far], f"{name}, T={rounds}, in u")
        for distance in _DISTANCES[:-1]:
            for early, late in zip(_SIZES[:-1], _SIZES[1:], strict=True):
                first, last = ratios[name, early, distance], ratios[name, late, distance]
                yield _falls(first, last, f"{name}, u={distance:g}, in T")


def _falls(before: float, after: float, label: str) -> Compared:
    return Compared((after, after), (before, before), f"ratio falls: {label}")


_TERMS = 24  # of the binomial tail: a part of it makes the lower bound smaller, not wrong


def _square_root() -> Statement:
    """The regret that one stream with |S_T| >= x certainly has is at most u sqrt T + eps."""
    terms = [lower_bound()["tail_term"].subs(sp.Symbol("j", nonnegative=True), k) for k in range(_TERMS)]
    return Statement(lower_bound()["at_x"].subs(P, sp.Add(*terms)), _PSI)


_PSI = u * sp.sqrt(T) + epsilon


@claim(
    "cocob.neg-sqrtt-psi",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(lower_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), _PSI),
    refutation=_square_root,
    expected="REFUTED",
)
def square_root_psi(plan):
    """Some algorithm has regret at most |u| sqrt T + eps for all u on all streams. (A control: the logarithm cannot be
    dropped; already the lower bound at u = 1 is larger from moderate T on.)"""
    sizes = 2 ** np.arange(4, plan.pick(15, 20))
    found = [best_place(int(rounds), 1.0) for rounds in sizes]
    ratios = value(_PSI, T=sizes, u=1, epsilon=1) / np.array([float(least) for _, least in found])
    first = int((ratios < 1).argmax())  # the smallest T that contradicts it, or simply the smallest
    point = {"T": Fraction(int(sizes[first])), "x": Fraction(float(found[first][0])), "u": Fraction(1),
             "epsilon": Fraction(1)}  # fmt: skip
    yield Checked(
        float(ratios.min() - 1), "u=1, eps=1", checked=sizes.size,
        note=f"lower bound over it {1 / ratios[first]:.3f} at T={sizes[first]}, {1 / ratios[-1]:.3f} at T={sizes[-1]}",
        replay=lambda seconds: certify_static("cocob.neg-sqrtt-psi", _square_root(), point, seconds=seconds),
    )  # fmt: skip
