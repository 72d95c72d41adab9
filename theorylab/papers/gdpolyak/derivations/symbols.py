"""The one vocabulary of symbols: a claim puts numbers in by ``.subs({p: 4, c: 1})`` with these very objects."""

import sympy as sp

from theorylab.theory import Domain, Rate

p = sp.Symbol("p", positive=True)
q = sp.Symbol("q", positive=True)  # p - 2, the excess of the order over 2: positive where p > 2 is only a domain
c = sp.Symbol("c", positive=True)
lam = sp.Symbol("lambda", positive=True)
a = sp.Symbol("a", positive=True)
eta = sp.Symbol("eta", positive=True)
rho = sp.Symbol("rho", positive=True)
gamma = sp.Symbol("gamma", positive=True)
mu = sp.Symbol("mu", positive=True)
delta = sp.Symbol("delta", positive=True)
eps = sp.Symbol("epsilon", positive=True)
L = sp.Symbol("L", positive=True)  # ln(1/eps)

k = sp.Symbol("k", positive=True)  # steps
K = sp.Symbol("K", positive=True)  # short steps of an epoch
t = sp.Symbol("t", positive=True)
u = sp.Symbol("u", positive=True)
u0 = sp.Symbol("u_0", positive=True)
x = sp.Symbol("x", positive=True)
r = sp.Symbol("r", positive=True)
w = sp.Symbol("w", real=True)
s = sp.Symbol("s", real=True)
f = sp.Symbol("f", positive=True)  # a value of the objective, where only the value matters
z = sp.Symbol("z", positive=True)

GROWTH = {p: Domain(2, sp.oo)}
CONTRACTION = {rho: Domain(0, 1)}


def in_p(value):
    """Put q = p - 2 back."""
    value = value.subs({q: p - 2})
    if isinstance(value, Rate):
        return value
    return sp.factor(value) if value.is_rational_function() else sp.powsimp(value)
