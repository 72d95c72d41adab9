"""P5: quadratic sensing is matrix factorisation in the mean, and Polyak's step does not see the loss's scale."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.symbols import eta
from theorylab.theory import Chain, derivation


def gaussian_moment(n: int) -> sp.Expr:
    """E g^n of a standard normal g: n-th derivative at 0 of its moment generating function exp(t^2/2)."""
    t = sp.Symbol("t", real=True)
    return sp.diff(sp.exp(t**2 / 2), t, n).subs(t, 0)


def expectation(polynomial: sp.Expr, normals) -> sp.Expr:
    """Mean of a polynomial in independent standard normals."""
    total = sp.S.Zero
    for powers, coefficient in sp.Poly(polynomial, *normals).terms():
        total += coefficient * sp.prod([gaussian_moment(n) for n in powers])
    return sp.expand(total)


@derivation("Quadratic sensing: E <A, Z>^2 = 4 |Z|_F^2 for A = a a^T - b b^T, so E f = 16 f_P4")
def sensing(chain: Chain) -> None:
    """P5 [derived]. By rotation invariance Z may be diagonal; then <A, Z> is a sum of independent terms."""
    z = sp.Symbol("z", real=True)
    first, second = sp.symbols("a_1 b_1", real=True)
    chain.equal(gaussian_moment(4), 3 * gaussian_moment(2) ** 2, "fourth moment of a normal")
    term = z * (first**2 - second**2)
    chain.equal(expectation(term, (first, second)), 0, "each term has mean 0, so variances add over any dimension")
    chain.equal(expectation(sp.expand(term**2), (first, second)), 4 * z**2, "and variance 4 z_i^2")

    z11, z12, z22 = sp.symbols("z_11 z_12 z_22", real=True)
    Z = sp.Matrix([[z11, z12], [z12, z22]])
    va, vb = (sp.Matrix(sp.symbols(f"{name}_1:3", real=True)) for name in "ab")
    inner = sp.expand(((va.T * Z * va) - (vb.T * Z * vb))[0])
    second_moment = expectation(sp.expand(inner**2), [*va, *vb])
    frobenius = sp.expand((Z.T * Z).trace())
    chain.equal(second_moment, 4 * frobenius, "d = 2, with off-diagonal entries")
    ratio = sp.cancel(second_moment / (frobenius / 4))
    chain.equal(ratio, 16, "f_P4 = |Z|_F^2/4: the population loss is 16 times as large")
    chain.result(isserlis_factor=sp.cancel(second_moment / frobenius), population_factor=ratio)


@derivation("The 1/(4m) loss with 4 eta reproduces the iterates of the mean-squared-error loss")
def mse_identity(chain: Chain) -> None:
    """Scaling f by 1/kappa scales GD's step by 1/kappa and leaves Polyak's step alone [derived]."""
    value, slope, scale = sp.symbols("f g kappa", positive=True)
    small, small_slope = value / scale, slope / scale
    chain.equal(scale * eta * small_slope, eta * slope, "a gradient step with kappa eta on f/kappa")
    polyak = value / slope**2 * slope
    chain.equal(small / small_slope**2 * small_slope, polyak, "a Polyak step does not see the scale")
    loss_ratio = sp.Symbol("m", positive=True) ** -1 / (1 / (4 * sp.Symbol("m", positive=True)))
    chain.equal(loss_ratio, 4, "1/m against 1/(4m)")
    chain.result(stepsize_ratio=loss_ratio)
