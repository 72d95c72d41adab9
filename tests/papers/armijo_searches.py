"""Armijo searches and gradient descent in plain Python, and the functions that the derivations are tried on."""

import math

import sympy as sp


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


class Search:
    """Armijo search in one dimension: x, step, slope per accepted step; stops at |f'| <= eps."""

    def __init__(self, f, slope, x, eps, share=0.5, first=1.0, back=2.0, up=None, cap=math.inf, steps=10**6):
        self.x, self.t, self.G, self.rejections = [x], [], [abs(slope(x))], []
        trial = first
        while self.G[-1] > eps and len(self.t) < steps:
            at, g, tries = self.x[-1], slope(self.x[-1]), 0
            while not self._accepts(f, at, g, trial, share):
                trial, tries = trial / back, tries + 1
            self.x.append(at - trial * g)
            self.t.append(trial)
            self.rejections.append(tries)
            self.G.append(abs(slope(self.x[-1])))
            trial = first if up is None else min(cap, up * trial)
        self.N = len(self.t)
        self.length = sum(abs(after - before) for before, after in zip(self.x[:-1], self.x[1:], strict=True))

    @staticmethod
    def _accepts(f, at, g, trial, share):
        try:
            return f(at - trial * g) - f(at) <= -share * trial * g * g
        except OverflowError:
            return False


def cosh(scale=1.0):
    return (lambda x: 2 * math.sinh(scale * x / 2) ** 2), (lambda x: scale * math.sinh(scale * x))


def extremal(l0, l1):
    def f(x):
        v = l1 * abs(x)
        return l0 / l1**2 * (math.expm1(v) - v if v > 1e-3 else v**2 / 2 + v**3 / 6 + v**4 / 24)

    return f, lambda x: math.copysign(l0 / l1 * math.expm1(l1 * abs(x)), x)


def power(order):
    return (lambda x: abs(x) ** order), (lambda x: math.copysign(order * abs(x) ** (order - 1), x))


def fixed(slope, x, step, eps):
    """Steps of plain gradient descent until |slope| <= eps; `step` may depend on x."""
    count = 0
    while abs(g := slope(x)) > eps:
        x -= (step(x) if callable(step) else step) * g
        count += 1
    return count
