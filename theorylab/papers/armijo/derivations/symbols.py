"""The one vocabulary of symbols: a claim puts numbers in by name, ``bound.subs({L_0: 1, epsilon: eps})``."""

import sympy as sp

from theorylab.theory import Domain

L_0 = sp.Symbol("L_0", positive=True)  # ||H|| <= L_0 + L_1 G
L_1 = sp.Symbol("L_1", positive=True)
L = sp.Symbol("L", positive=True)  # a plain Lipschitz constant of the gradient
G = sp.Symbol("G", positive=True)  # norm of the gradient; in the memory bounds at the start
lam = sp.Symbol("lambda", positive=True)  # share of the decrease that the test asks for
f_1 = sp.Symbol("f_1", positive=True)  # a rejected trial is divided by it
f_2 = sp.Symbol("f_2", positive=True)  # an accepted step is multiplied by it
t = sp.Symbol("t", positive=True)  # step
t_0 = sp.Symbol("t_0", positive=True)  # first trial
t_last = sp.Symbol("t_last", positive=True)  # last accepted step
K = sp.Symbol("K", positive=True)  # accepted steps
epsilon = sp.Symbol("epsilon", positive=True)  # N = first k with G_k <= epsilon
Delta = sp.Symbol("Delta", positive=True)  # f(x_0) - inf f
ell = sp.Symbol("ell", positive=True)  # length of the path, the sum of the r_k
theta = sp.Symbol("theta", positive=True)  # Lojasiewicz: |f - f_c|^theta <= c G
c = sp.Symbol("c", positive=True)
p = sp.Symbol("p", positive=True)  # |x|^p
q = sp.Symbol("q", positive=True)  # p - 2, so that p > 2 is an assumption
tau = sp.Symbol("tau", positive=True)  # 2 theta - 1, so that theta > 1/2 is one
eta = sp.Symbol("eta", positive=True)  # s_k = (k+1)^(-1/2-eta)
d = sp.Symbol("d", positive=True)  # drop of a unit step over s_k^2
h = sp.Symbol("h", positive=True)  # curvature at the iterates
nu = sp.Symbol("nu", positive=True)  # d = lambda (1 + nu)
a = sp.Symbol("a", positive=True)  # (1 + x^2)^(-a/2)
k = sp.Symbol("k", positive=True)  # steps
x_0 = sp.Symbol("x_0", positive=True)  # start
x = sp.Symbol("x", positive=True)
u = sp.Symbol("u", positive=True)  # L_1 t G
r = sp.Symbol("r", positive=True)  # length of a step; for CGT s_{k+1}/s_k
z = sp.Symbol("z", positive=True)  # place in an interval, a share, a ratio
e = sp.Symbol("e", positive=True)  # f - f_c
ulp = sp.Symbol("ulp", positive=True)  # unit in the last place of the offset

SHARE = {lam: Domain(0, 1)}


def in_p(value):
    """An expression or Rate in q = p - 2, written in p."""
    return value.subs({q: p - 2})
