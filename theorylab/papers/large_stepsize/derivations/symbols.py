"""The one vocabulary of symbols: a claim puts numbers in by name, ``bound.subs({gamma: .05, eta: 64})``."""

import sympy as sp

from theorylab.theory import Domain

gamma = sp.Symbol("gamma", positive=True)  # margin
eta = sp.Symbol("eta", positive=True)  # stepsize
n = sp.Symbol("n", positive=True)  # number of points
t = sp.Symbol("t", positive=True)  # steps
s = sp.Symbol("s", positive=True)  # step at which the stable phase begins; on the pair sqrt(1 - gamma^2)
tau = sp.Symbol("tau", positive=True)  # end of the first phase, where only its place matters
T = sp.Symbol("T", positive=True)  # budget
lam = sp.Symbol("lambda", positive=True)  # gamma^2 eta t
x = sp.Symbol("x", positive=True)  # gamma^2 eta (t - s), or gamma^2 tau
X = sp.Symbol("X", positive=True)  # gamma^4 T^2
F = sp.Symbol("F_s", positive=True)  # exponential loss where the stable phase begins
L = sp.Symbol("L_s", positive=True)  # loss there
theta = sp.Symbol("theta", positive=True)  # length of a comparator along w*
kappa = sp.Symbol("kappa", positive=True)  # a constant that a control varies
R = sp.Symbol("R", positive=True)  # largest norm of the data
l = sp.Symbol("l", real=True)  # a logarithm: ln lambda, ln x
a = sp.Symbol("a", positive=True)  # tail exponent of a loss
c = sp.Symbol("c", positive=True)
d = sp.Symbol("d", positive=True)
w = sp.Symbol("w", real=True)
q = sp.Symbol("q", positive=True)  # a fraction of points
r = sp.Symbol("r", positive=True)
y = sp.Symbol("y", positive=True)
z = sp.Symbol("z", real=True)  # a margin
delta = sp.Symbol("delta", positive=True)  # probability of failure
rho = sp.Symbol("rho", positive=True)
C_g, C_b, l_0 = sp.symbols("C_g C_b l_0", positive=True)
m_1, m_2 = sp.symbols("m_1 m_2", real=True)

S = sp.sqrt(1 - gamma**2)
MARGIN = {gamma: Domain(0, 1)}
LAMBDA = gamma**2 * eta * t
