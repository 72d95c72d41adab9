"""S5: a fixed number K of short steps, and the best K for an accuracy."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.polyak_step import polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import K, L, c, gamma, in_p, lam, p, q, rho, u
from theorylab.theory import Chain, Rate, derivation

R = sp.Symbol("R", positive=True)  # ln(1/rho): positive by assumption, while ln of a rho in (0, 1) is not
j = sp.Symbol("j", positive=True)


@derivation("Fixed K breaks down at dist_end(K); the best K for accuracy eps costs O(log(1/eps)^2) gradients")
def fixed_k(chain: Chain) -> None:
    """S5 [derived]. K short steps shrink normal errors by rho^K, a Polyak step multiplies them by about -gamma lam."""
    order = q + 2
    step = {name: value.subs(p, order) for name, value in polyak_step().results.items()}
    factor, growth = step["distance_factor"], step["step_growth"]

    kick = chain.law(1 - gamma * lam, gamma, "a long step multiplies a normal error by -gamma lambda",
                     pins=[lambda l, r: (sp.diff(l, gamma), -lam), lambda l, r: (l.subs(gamma, 0), 1)])  # fmt: skip
    # the normal error counts relative to u^2, which the long step shrinks as well
    cycle = -kick.expr * sp.exp(-R * K) / factor**2
    at_u = cycle.subs(gamma, step["stepsize"])
    (power,) = sp.solve(sp.powdenest(sp.powsimp(at_u.subs(u, gamma ** (-1 / q))), force=True) - 1, gamma)
    onset = power ** (-1 / q)
    chain.equal(at_u.subs(u, onset), 1, "onset: one cycle no longer contracts the normal error", hint="powers")
    closed_onset = (lam * sp.exp(-R * K) / (c * (order - 1) ** 2)) ** (1 / q)
    chain.equal(onset, closed_onset, "distance at the onset", hint="ratio of powers")

    bits = -sp.log(factor)
    chain.equal(sp.log(growth), q * bits, "logarithm of the stepsize growth of one epoch", hint="logs")
    i, J = sp.Symbol("i", integer=True, positive=True), sp.Symbol("J", integer=True, positive=True)
    summed = sp.summation(i * q * bits, (i, 1, J)).subs(J, j)
    head_start = chain.law(
        summed, j, "over j epochs the multipliers grow to (p/(p-1))^((p-2) j^2/2)",
        pins=[lambda l, r: (l - l.subs(j, j - 1), j * q * bits), lambda l, r: (l.subs(j, 1), sp.log(growth))],
    )  # fmt: skip
    epochs = sp.sqrt(sp.powsimp(R * K / q / head_start.constant))  # head_start is a multiple of j^2
    chain.equal(head_start.expr.subs(j, epochs), -sp.log(onset).subs({lam: c * (order - 1) ** 2}),
                "j epochs use up the factor rho^(-K/(p-2))", hint="logs")  # fmt: skip
    epochs = chain.equal(epochs, sp.sqrt(2 * K * R / (q**2 * sp.log(order / (order - 1)))), "epochs after the onset",
                         hint="logs")  # fmt: skip
    end = closed_onset * factor**epochs

    slope = sp.diff(sp.expand_log(sp.log(end), force=True), K)
    corrected = -R / q - sp.sqrt(R * sp.log(order / (order - 1)) / (2 * K)) / q
    chain.equal(slope, corrected, "slope of ln dist_end in K, with the term of j", hint="logs")
    steepness = Rate.of(corrected, K)
    accuracy = sp.expand_log(-sp.log(end), force=True)
    reached = chain.law(
        accuracy, K, "accuracy L = ln(1/dist_end) that K reaches",
        pins=[
            lambda l, r: (sp.diff(l, K), -corrected),
            lambda l, r: (l.subs(K, 0), -sp.log(onset.subs(K, 0))),
            lambda l, r: (sp.diff(r, K), -steepness.expr),
        ],
    )  # fmt: skip
    chain.tends(
        accuracy - reached.expr, bits * epochs, K, "its next term is of order sqrt(K)",
        pins=[lambda l, r: (l + reached.expr, -sp.log(closed_onset) + bits * epochs),
              lambda l, r: (sp.diff(r, K), -corrected - R / q)],
    )  # fmt: skip
    needed = reached.invert(L)
    chain.equal(reached.expr.subs(K, needed.expr), L, "K for the accuracy L: the leading law inverted")
    linear = L / bits
    chain.equal(factor**linear, sp.exp(-L), "epochs for the accuracy L, one factor each", hint="ratio of powers")
    total = needed * Rate.of(linear, L)
    chain.equal(total.expr, q * L**2 / (R * sp.log(order / (order - 1))), "gradients in all", hint="logs")
    chain.equal(total.expr.subs({q: 2, R: sp.log(sp.Rational(4, 3))}), 2 * L**2 / sp.log(sp.Rational(4, 3)) ** 2,
                "quartic growth, rho = 3/4: leading coefficient 2/ln(4/3)^2", hint="logs")  # fmt: skip

    def named(value):
        return in_p(value.subs({R: -sp.log(rho)}))

    chain.result(
        onset=in_p(closed_onset).subs(sp.exp(-K * R), rho**K),
        linear_epochs=named(epochs),
        dist_end=(in_p(closed_onset).subs(sp.exp(-K * R), rho**K)) * (1 - 1 / p) ** named(epochs),
        slope_leading=named(steepness.constant),
        slope=named(corrected),
        best_K=named(needed),
        best_K_slope=named(sp.diff(needed.expr, L)),
        epochs=named(Rate.of(linear, L)),
        cost=named(total),
        cost_coefficient=named(total.constant),
    )
