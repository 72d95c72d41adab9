"""The one vocabulary of symbols: a claim puts numbers in by name, ``value(bound, L=1, G=g, u=u, epsilon=1)``."""

import sympy as sp

L = sp.Symbol("L", positive=True)  # |g| <= L
G = sp.Symbol("G", positive=True)  # L + sum |g_s|
T = sp.Symbol("T", positive=True)  # rounds
t = sp.Symbol("t", positive=True)  # a round
theta = sp.Symbol("theta", real=True)  # -sum g_s
c = sp.Symbol("c", real=True)  # a coin -g/L
u = sp.Symbol("u", positive=True)  # |comparator - w_1|
D = sp.Symbol("D", positive=True)  # |w* - w_1|
epsilon = sp.Symbol("epsilon", positive=True)  # initial wealth
reward = sp.Symbol("reward", real=True)  # -sum g_s (w_s - w_1)
tau = sp.Symbol("tau", positive=True)  # weak quasi-convexity
eta = sp.Symbol("eta", positive=True)  # stepsize of the baselines
lam = sp.Symbol("lam", positive=True)  # ln(1 + G^2 u^2/epsilon^2)
W = sp.Symbol("W", positive=True)  # LambertW(G^2 u^2/epsilon^2)
kappa = sp.Symbol("kappa", positive=True)  # a constant that a control changes
alpha = sp.Symbol("alpha", positive=True)  # floor of Algorithm 2
w = sp.Symbol("w", positive=True)  # z = w e^w
x = sp.Symbol("x", real=True)
y = sp.Symbol("y", positive=True)
z = sp.Symbol("z", positive=True)
a = sp.Symbol("a", positive=True)  # potentials b exp(x^2/(2a))
b = sp.Symbol("b", positive=True)
q = sp.Symbol("q", real=True)  # theta/(G + L)
v = sp.Symbol("v", positive=True)  # a share, or an inverse
p = sp.Symbol("p", positive=True)
s = sp.Symbol("s", positive=True)
m = sp.Symbol("m", real=True)  # tanh(theta/(G + 1))
P = sp.Symbol("P", positive=True)  # probability of |S_T| >= x
T_1, T_2 = sp.symbols("T_1 T_2", positive=True)  # ends of a sweep
D_1, D_2 = sp.symbols("D_1 D_2", positive=True)
