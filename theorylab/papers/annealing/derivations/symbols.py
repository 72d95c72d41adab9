"""The one vocabulary of symbols: a claim puts numbers in by name, ``relative_loss.subs({p: 2, rho: 16})``."""

import sympy as sp

from theorylab.theory import Domain

D = sp.Symbol("D", positive=True)  # diameter
G = sp.Symbol("G", positive=True)  # E|g|^2 <= G^2
T = sp.Symbol("T", positive=True)  # steps
eta = sp.Symbol("eta", positive=True)  # base stepsize: eta_t = eta h
rho = sp.Symbol("rho", positive=True)  # eta over the tuned eta, or over D/(G sqrt T): each result says which
p = sp.Symbol("p", positive=True)  # order at which h vanishes
x = sp.Symbol("x", positive=True)  # remaining fraction, 1 - u
c_1 = sp.Symbol("c_1", positive=True)  # B = c_1 D^2/(eta T H) + c_2 eta G^2 Q
c_2 = sp.Symbol("c_2", positive=True)
c = sp.Symbol("c", positive=True)  # fraction of the run that a cooldown takes
h = sp.Symbol("h", positive=True)  # h(x)
H = sp.Symbol("H", positive=True)  # int_0^x h
Q = sp.Symbol("Q", positive=True)  # int_0^x h^2/H
H_1 = sp.Symbol("H_1", positive=True)  # H(1)
Q_1 = sp.Symbol("Q_1", positive=True)  # Q(1)
y = sp.Symbol("y", positive=True)  # a slack, or another variable of integration
z = sp.Symbol("z", positive=True)
e = sp.Symbol("e", positive=True)  # sqrt(T) times the slope of the noisy-slope problem
epsilon = sp.Symbol("epsilon", positive=True)  # its slope
n = sp.Symbol("n", positive=True)  # 1/eta, or a number of phases
m = sp.Symbol("m", positive=True)  # length of a window in steps
r = sp.Symbol("r", positive=True)  # ratio of neighbouring probabilities
a = sp.Symbol("a", positive=True)  # share of the run that the diffusion remembers
A = sp.Symbol("A", positive=True)  # h ~ A x^p
C_p = sp.Symbol("C_p", positive=True)  # constant of the limit, measured
beta = sp.Symbol("beta", positive=True)  # smoothness
sigma = sp.Symbol("sigma", positive=True)  # E|g - grad f|^2 <= sigma^2
h_1 = sp.Symbol("h_1", positive=True)  # last value of a schedule that does not vanish
Hbar = sp.Symbol("Hbar", positive=True)  # mean of the schedule
factor = sp.Symbol("factor", positive=True)  # loss over the tuned loss

HALF = sp.Rational(1, 2)
SHARP = {c_1: sp.Rational(1, 4), c_2: sp.Rational(1, 4)}
COOLDOWN = {c: Domain(0, 1)}
