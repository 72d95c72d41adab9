"""Strict balls: whatever fails silently with bare arb, mpf or float64 raises here."""

import math
from fractions import Fraction

import flint
import numpy as np
import pytest
from flint import arb

from theorylab.replay import Ball, Undecided, precision
from theorylab.replay.balls import ball_max, ball_min
from theorylab.replay.functions import FUNCTIONS, dot


@pytest.fixture
def third():
    with precision(64):
        yield Ball(1) / 3


@pytest.mark.parametrize("relation", ["__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"])
def test_overlapping_balls_have_no_order(third, relation):
    other = third * 3 / 3
    assert not other.v < third.v and not other.v >= third.v  # arb itself answers False to both
    with pytest.raises(Undecided):
        getattr(third, relation)(other)


def test_disjoint_and_exact_balls_are_ordered(third):
    assert third < 1 and third <= 1 and not third > 1 and third != 1 and 1 > third
    assert Ball(0.5) == Ball(Fraction(1, 2)) and Ball(2) >= 2 and not Ball(2) < 2


@pytest.mark.parametrize("convert", [float, int, bool, math.exp, math.sqrt, lambda b: np.zeros(1).__setitem__(0, b)])
def test_conversion_to_a_machine_number_raises(third, convert):
    with pytest.raises(TypeError):
        convert(third)


@pytest.mark.parametrize("rounded", [1 / 3, np.float64(1 / 3)])
def test_a_float_that_meets_a_ball_raises(third, rounded):
    meetings = (lambda: third * rounded, lambda: rounded + third, lambda: third < rounded, lambda: rounded / third)
    for operation in meetings:
        with pytest.raises(TypeError, match="met a ball"):
            operation()


def test_only_exact_integers_index_and_count(third):
    assert list(range(Ball(3))) == [0, 1, 2] and "abc"[Ball(1)] == "b"
    assert Ball(7) % 4 == 3 and 7 % Ball(4) == 3 and Ball(7) // Ball(4) == 1
    misuses = (
        lambda: range(third), lambda: third % 2, lambda: Ball(0.5) // 1, lambda: 5 // third, lambda: Ball(7) % 2.5,
        lambda: FUNCTIONS.int64(Ball(2.5)),
    )  # fmt: skip
    for misuse in misuses:
        with pytest.raises(TypeError, match="integer"):
            misuse()


def test_extremes_enclose_both_candidates_without_a_branch(third):
    other = third * 3 / 3
    for extreme in (ball_min(third, other), ball_max((third, other))):
        assert extreme.v.overlaps(third.v) and extreme.v.overlaps(other.v)
    assert ball_max(third, 1) == 1 and ball_min(2, 3) == 2


def test_precision_comes_back_after_an_exception():
    before = flint.ctx.prec
    with pytest.raises(Undecided), precision(313):
        assert flint.ctx.prec == 313
        raise Undecided
    assert flint.ctx.prec == before


def test_enclosures_are_rounded_outwards_and_tight(third):
    low, high = third.enclosure()
    assert Fraction(low) < Fraction(1, 3) < Fraction(high) and math.nextafter(low, 1) == high
    assert Ball(0.1).enclosure() == (0.1, 0.1)
    big = Ball(10) ** 400
    assert big.enclosure() == (math.nextafter(math.inf, 0), math.inf)


def test_functions_without_a_meaning_on_balls_say_so(third):
    with pytest.raises(AttributeError, match="math.isfinite"):
        FUNCTIONS.isfinite(third)
    with pytest.raises(TypeError, match="balls only"):
        FUNCTIONS.exp(0.5)


def test_a_product_of_object_arrays_is_the_exact_matrix_product(rng):
    a, b = rng.normal(size=(5, 4)), rng.normal(size=(4, 3))
    with precision(200):
        out = np.empty((5, 3), dtype=object)
        dot(_balls(a), _balls(b), out)
        for i in range(5):
            for j in range(3):
                true = sum(Fraction(a[i, k]) * Fraction(b[k, j]) for k in range(4))
                assert out[i, j].v.contains(arb(flint.fmpq(true.numerator, true.denominator)))
        assert (_balls(a)[0] @ _balls(b)[:, 0]).v.overlaps(out[0, 0].v)


def _balls(array):
    from theorylab.replay import exact

    return exact(array)
