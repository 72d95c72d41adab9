"""S3, item 10: the window lemma of the last iterate, its links and its two forms."""

import sympy as sp

from theorylab.papers.annealing.derivations.symbols import HALF, D, G, eta
from theorylab.theory import Chain, derivation

STEPS = range(1, 5)  # T = 4
ETA = dict(zip(STEPS, sp.symbols("eta_1:5", positive=True), strict=True))
q = dict(zip(STEPS, sp.symbols("q_1:5", real=True), strict=True))
g = sp.Symbol("g", positive=True)  # |g_t|
noise = sp.Symbol("noise", positive=True)  # coefficient of eta_t^2 G^2 in link (i)
X, Y, Z, W, V, U = sp.symbols("X Y Z W V U", real=True)


@derivation("Window lemma: E f(x_{T+1}) - f* <= min_k D^2/(2 S_k) + (3/2) G^2 sum_{t>=k} eta_t^2/S_t")
def window_lemma(chain: Chain) -> None:
    """S3 [derived]. The projection shortens distances to points of the domain, and E<g,x-z> >= f(x) - f(z)."""
    one_step = _one_step(chain)
    for k in (1, 2, 3):
        chain.equal(_weighted(k), q[4], f"(ii) for T = 4, k = {k}", hint="cancel",
                    pins=[lambda l, _, k=k: (sp.diff(l, q[4]), 1), lambda l, _: (l.subs(q[4], 0), 0)])  # fmt: skip
        for t in range(k, 5):
            chain.equal(_gathered(k, t), 1 / _tail(t), f"(iv): what eta_{t}^2 is weighed with, k = {k}", hint="cancel")
            last = 1 / _tail(t + 1) if t < 4 else 1 / ETA[4]
            chain.equal(_gathered(k, min(t + 1, 4)), last, f"and for the output x_T, k = {k}, t = {t}", hint="cancel")
    next_output = _assembled(chain, "x_{T+1}", lambda j: j + 1, lambda t: _tail(t))
    last_output = _assembled(chain, "x_T", lambda j: j, lambda t: _tail(min(t + 1, 4)))
    c1 = chain.equal(next_output.coeff(D, 2) * _tail(1), HALF, "c_1 of the bound in the continuum", hint="cancel")
    per_noise = sp.expand(next_output).coeff(ETA[4], 1) / G**2  # eta_4^2/S_4
    per_noise = chain.equal(sp.cancel(per_noise), noise / 2, "half the noise of a step goes with eta_t^2/S_t")
    c2 = chain.equal(per_noise.subs(noise, one_step), sp.Rational(3, 2), "c_2 for the output x_{T+1}")
    c2_last = chain.equal(per_noise.subs(noise, 1), HALF, "c_2 for the output x_T, which needs no move of f")
    chain.result(
        step_noise=one_step, c1=c1, c2=c2, c2_last=c2_last,
        bound_T4=next_output.subs(noise, one_step), bound_T4_last=last_output.subs(noise, 1),
    )  # fmt: skip


def _one_step(chain):
    """(i): the usual eta^2 |g|^2, and 2 eta^2 G |g| since f moves by at most G |x_{t+1} - x_t|."""
    before = (X - Z) ** 2 + (Y - W) ** 2
    after = (X - eta * V - Z) ** 2 + (Y - eta * U - W) ** 2
    product = V * (X - Z) + U * (Y - W)
    chain.equal(after, before - 2 * eta * product + eta**2 * (V**2 + U**2), "distance to z after a step", hint="expand")
    chain.at_most(
        eta**2 * g**2 + 2 * eta * (G * eta * g), 2 * eta**2 * g**2 + eta**2 * G**2,
        "noise of a step: 2 G|g| <= G^2 + |g|^2", contact=({g: G},), hint="slack",
        pins=[lambda l, _: (l / eta**2, (g + G) ** 2 - G**2), lambda l, r: ((r - l) / eta**2, (g - G) ** 2)],
    )  # fmt: skip
    mean = (2 * eta**2 * g**2 + eta**2 * G**2).subs(g, G)
    return chain.equal(mean / (eta**2 * G**2), 3, "(i): with E|g|^2 <= G^2 it is 3 eta^2 G^2")


def _tail(k):
    return sum(ETA[t] for t in STEPS if t >= k)


def _rise(j):
    return 1 / _tail(j + 1) - 1 / _tail(j)


def _weighted(k):
    first = sum(ETA[t] * q[t] for t in STEPS if t >= k) / _tail(k)
    return first + sum(_rise(j) * sum(ETA[t] * (q[t] - q[j]) for t in STEPS if t >= j) for j in range(k, 4))


def _gathered(k, t):
    return 1 / _tail(k) + sum(_rise(j) for j in range(k, t))


def _assembled(chain, output, begins, weight):
    """(iii): z = x* in the first sum, and in the inner sum of j the point at which step begins(j) starts."""
    square = {t: noise * ETA[t] ** 2 * G**2 for t in STEPS}
    total = (D**2 + sum(square.values())) / (2 * _tail(1))
    total += sum(_rise(j) * sum(square[t] for t in STEPS if t >= begins(j)) for j in range(1, 4)) / 2
    bound = D**2 / (2 * _tail(1)) + noise * G**2 / 2 * sum(ETA[t] ** 2 / weight(t) for t in STEPS)
    return chain.equal(total, bound, f"all links together for the output {output}, T = 4", hint="cancel",
                       pins=[lambda l, _: (l.subs(noise, 0), D**2 / (2 * _tail(1)))])  # fmt: skip
