"""One formula holds every law that a trace is compared with, and its least squares.

With u = ln t, v = ln(t / t_1) (t_1 the first point of the trace) and x = t / t_1,

    ln y = ln[ exp( c - p ln(t + t_1 (sinh g + a v)) + m ln(u + k)
                      + s ln(1 + sinh(h) x^-b (u + k)^-r + d x^-2b) - lam x ) + exp(phi) ].

sinh makes a shift or a correction linear while it is small and logarithmic while it is large, with either sign.
The term a v is the logarithm in the normal form of x <- x - c x^n + ...: one over a power of x grows by a constant
plus O(1/t) a step, so that it equals t + a ln t + t_0 up to O(ln t / t). r is 0 or 1; with r = 1 and s = m the
correction stands beside the logarithm, (u + k + sinh(h) x^-b)^m, as in harmonic numbers and sums of a bound's terms.
"""

import math

import numpy as np
from numba import njit

# All that is compiled stands in this file: numba's cache sees edits of a function's own file only.
PARAMETERS = ("c", "p", "m", "k", "g", "a", "h", "b", "d", "s", "lam", "phi", "r")
C, P, M, K, G, A, H, B, D, S, LAM, PHI, R = range(13)
SIZE = len(PARAMETERS)
DEFAULTS = np.array([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, -np.inf, 0])
LINEAR = (C, P, M, S, LAM)


@njit(cache=True)
def evaluate(q, switches, u, v, value, jacobian):
    """Fill ln y (n,) and its derivatives (n, SIZE); False where that has no meaning or b, k, g leave their range."""
    shift, log, correction = switches[0], switches[1], switches[2]
    exponential, floor = switches[3], switches[4]
    if shift and (abs(q[4]) > 60.0 or (q[4] > 0.0 and math.log(math.sinh(q[4]) + 1e-300) > v[-1] + 2.5)):
        return False  # a shift far beyond the last point imitates an exponential
    if log and q[3] > 60.0:
        return False
    if correction and (q[7] < 0.04 or q[7] > 30.0 or abs(q[6]) > 300.0):
        return False
    for i in range(len(u)):
        scale = u[i]
        if shift:
            inverse = math.exp(-v[i])
            w = 1.0 + (math.sinh(q[4]) + q[5] * v[i]) * inverse
            if w < 1e-6:
                return False
            scale += math.log(w)
            jacobian[i, 4] = -q[1] * math.cosh(q[4]) * inverse / w
            jacobian[i, 5] = -q[1] * v[i] * inverse / w
        y = q[0] - q[1] * scale
        jacobian[i, 0] = 1.0
        jacobian[i, 1] = -scale
        if log:
            argument = u[i] + q[3]
            if argument < 0.02:
                return False
            jacobian[i, 2] = math.log(argument)
            jacobian[i, 3] = q[2] / argument
            y += q[2] * jacobian[i, 2]
        if correction:
            decay = math.exp(-q[7] * v[i])
            if q[12] != 0.0:
                decay /= u[i] + q[3]
            first = math.sinh(q[6]) * decay
            second = q[8] * decay * decay
            w = 1.0 + first + second
            if w < 1e-9:
                return False
            jacobian[i, 9] = math.log(w)
            jacobian[i, 6] = q[9] * math.cosh(q[6]) * decay / w
            jacobian[i, 7] = -q[9] * v[i] * (first + 2.0 * second) / w
            jacobian[i, 8] = q[9] * decay * decay / w
            if q[12] != 0.0:
                jacobian[i, 3] -= q[9] * first / (w * (u[i] + q[3]))
            y += q[9] * jacobian[i, 9]
        if exponential:
            jacobian[i, 10] = -math.exp(v[i])
            y += q[10] * jacobian[i, 10]
        if floor:
            excess = q[11] - y
            share = 1.0 / (1.0 + math.exp(-excess)) if excess > -700.0 else 0.0
            for j in range(11):
                jacobian[i, j] *= 1.0 - share
            jacobian[i, 11] = share
            y = max(y, q[11]) + math.log1p(math.exp(-abs(excess)))
        value[i] = y
    return True


@njit(cache=True)
def _least_squares(matrix, right):
    """Solve min |matrix x - right| by Householder reflections, both overwritten; x of shape (m,)."""
    n, m = matrix.shape
    for j in range(m):
        norm = 0.0
        for i in range(j, n):
            norm += matrix[i, j] ** 2
        norm = math.sqrt(norm)
        if norm == 0.0:
            continue
        if matrix[j, j] > 0.0:
            norm = -norm
        head = matrix[j, j] - norm
        scale = -1.0 / (norm * head)
        matrix[j, j] = head
        for l in range(j + 1, m + 1):
            dot = 0.0
            for i in range(j, n):
                dot += matrix[i, j] * (matrix[i, l] if l < m else right[i])
            dot *= scale
            for i in range(j, n):
                if l < m:
                    matrix[i, l] -= dot * matrix[i, j]
                else:
                    right[i] -= dot * matrix[i, j]
        matrix[j, j] = norm
    x = np.zeros(m)
    for j in range(m - 1, -1, -1):
        total = right[j]
        for l in range(j + 1, m):
            total -= matrix[j, l] * x[l]
        x[j] = total / matrix[j, j] if matrix[j, j] != 0.0 else 0.0
    return x


@njit(cache=True)
def minimise(q, free, switches, u, v, z, weight, iterations):
    """Levenberg-Marquardt on the weighted residuals of ln y over the free parameters; (q, weighted rms or inf).

    QR instead of normal equations: a law that holds exactly has to reach the rounding of ln y, and squaring the
    condition number would stop it at 1e-8.
    """
    n, m = len(u), len(free)
    value, jacobian = np.empty(n), np.zeros((n, SIZE))
    trial_value, trial_jacobian = np.empty(n), np.zeros((n, SIZE))
    if not evaluate(q, switches, u, v, value, jacobian):
        return q, np.inf
    total = 0.0
    for i in range(n):
        total += (weight[i] * (z[i] - value[i])) ** 2
    damping, stalls = 1e-3, 0
    matrix, right = np.empty((n + m, m)), np.empty(n + m)
    for _ in range(iterations):
        right[n:] = 0.0
        matrix[n:] = 0.0
        for i in range(n):
            right[i] = weight[i] * (z[i] - value[i])
        for j in range(m):
            norm = 0.0
            for i in range(n):
                matrix[i, j] = weight[i] * jacobian[i, free[j]]
                norm += matrix[i, j] ** 2
            matrix[n + j, j] = math.sqrt(damping * norm) + 1e-200
        step = _least_squares(matrix, right)
        trial = q.copy()
        for j in range(m):
            trial[free[j]] += step[j]
        better = evaluate(trial, switches, u, v, trial_value, trial_jacobian)
        if better:
            trial_total = 0.0
            for i in range(n):
                trial_total += (weight[i] * (z[i] - trial_value[i])) ** 2
            better = trial_total < total
        if better:
            stalls = stalls + 1 if trial_total > total * (1.0 - 1e-4) else 0
            q, total = trial, trial_total
            value, trial_value = trial_value, value
            jacobian, trial_jacobian = trial_jacobian, jacobian
            damping = max(0.05 * damping, 1e-15)
            if stalls >= 3:
                break
        else:
            damping = max(8.0 * damping, 1e-12)
            if damping > 1e6:
                break
    return q, math.sqrt(total / n)


@njit(cache=True)
def minimise_from(table, linear, free, switches, u, v, z, weight, iterations):
    """Best minimum reached from the two most promising rows of a table of starts; (q, weighted rms or inf)."""
    stride = max(1, len(u) // 36)
    coarse = np.empty(len(table))
    for row in range(len(table)):
        q, coarse[row] = minimise(table[row].copy(), linear, switches, u[::stride].copy(), v[::stride].copy(),
                                  z[::stride].copy(), weight[::stride].copy(), 3)
        if len(table) > 1 and coarse[row] < np.inf:
            q, coarse[row] = minimise(q, free, switches, u[::stride].copy(), v[::stride].copy(),
                                      z[::stride].copy(), weight[::stride].copy(), 5)
        table[row] = q
    best, least = table[0], np.inf
    for row in np.argsort(coarse)[:2]:
        q, rms = minimise(table[row].copy(), free, switches, u, v, z, weight, iterations)
        if rms < least:
            best, least = q, rms
    return best, least


@njit(cache=True)
def _misfit(q, switches, u, v, z, weight):
    """Weighted root mean square of ln y minus the law: on a rounding floor the precise points judge, not the noise."""
    value, jacobian = np.empty(len(u)), np.empty((len(u), SIZE))
    if not evaluate(q, switches, u, v, value, jacobian):
        return np.inf
    total, scale = 0.0, 0.0
    for i in range(len(u)):
        total += (weight[i] * (z[i] - value[i])) ** 2
        scale += weight[i] ** 2
    return math.sqrt(total / scale)


@njit(cache=True)
def predict(table, linear, free, switches, window, held, known):
    """Fit a law on a window and again on its first `known` points; window and held are rows u, v, z, weight.

    Returns (q, q_train, rms, error, late): both parameter vectors, the weighted rms of the full fit, the misfit of
    the training fit and that of the full fit on the held points. The error of prediction is at least half the misfit
    in the sample, since one prediction can be good by luck. rms is inf where either fit has no meaning.
    """
    u, v, z, weight = window[0], window[1], window[2], window[3]
    q, rms = minimise_from(table, linear, free, switches, u, v, z, weight, 60)
    if not rms < np.inf:
        return q, q, np.inf, np.inf, np.inf
    q_train, trained = minimise(q.copy(), free, switches, u[:known], v[:known], z[:known], weight[:known], 40)
    if not trained < np.inf:
        return q, q, np.inf, np.inf, np.inf
    error = _misfit(q_train, switches, held[0], held[1], held[2], held[3])
    error = max(error, 0.5 * _misfit(q, switches, u, v, z, weight))
    return q, q_train, rms, error, _misfit(q, switches, held[0], held[1], held[2], held[3])
