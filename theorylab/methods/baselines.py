r"""What methods without a learning rate are compared with: stochastic subgradient steps that need one.

All ask the oracle by `drawn` and so run on deterministic and stochastic problems alike.

References
----------
.. [1] J. Duchi, E. Hazan, Y. Singer (2011), Adaptive subgradient methods, JMLR 12:2121-2159. [secondary]
.. [2] D. Kingma, J. Ba (2015), Adam, ICLR, arXiv:1412.6980. [secondary]
.. [3] T. Tieleman, G. Hinton (2012), Lecture 6.5: RMSprop. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import count, positive
from theorylab.kernels import arrived, axpy, drawn, fill, fma, inline, per_coordinate, project

from .bounds import above
from .gradient import nothing


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    x = axpy(-method.eta / (method.L * math.sqrt(method.horizon)), g, at.x)
    return arrived(oracle, project(oracle.problem, x), f, g), memory


@inline
def _columns(method, at, memory):
    return (method.eta / (method.L * math.sqrt(method.horizon)),)


class SubgradientDescent(NamedTuple):
    r""":math:`w_{t+1} = w_t - \frac{\eta}{L\sqrt T}\,g_t`: SGD-T, the number T of steps declared; with T = 1, SGD.

    Parameters
    ----------
    eta : float
        :math:`\eta > 0` (units of w).
    L : float
        Bound of the gradients.
    horizon : int
        T, at least 1.
    """

    eta: float
    L: float = 1.0
    horizon: int = 1

    init = staticmethod(nothing)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ("stepsize",)
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next draw may have a gradient."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "eta", "L") + count(self, 1, "horizon")


@inline
def _decaying_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    x = axpy(-method.eta / (method.L * math.sqrt(k + 1.0)), g, at.x)
    return arrived(oracle, project(oracle.problem, x), f, g), memory + 1.0


@inline
def _no_steps(method, x):
    return 0.0


@inline
def _decaying_columns(method, at, memory):
    return (method.eta / (method.L * math.sqrt(memory + 1.0)),)


class DecayingSubgradient(NamedTuple):
    r"""SGD-t, :math:`w_{t+1} = w_t - \frac{\eta}{L\sqrt t}\,g_t`.

    Parameters
    ----------
    eta : float
        :math:`\eta > 0` (units of w).
    L : float
        Bound of the gradients.
    """

    eta: float
    L: float = 1.0

    init = staticmethod(_no_steps)
    step = staticmethod(_decaying_step)
    columns = staticmethod(_decaying_columns)
    column_names = ("stepsize",)
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next draw may have a gradient."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "eta", "L")


@inline
def _no_columns(method, at, memory):
    return ()


@inline
def _zeros(method, x):
    return fill(x, 0.0)


@inline
def _adagrad(a, square, w, g):
    eta, damping = a
    square = fma(g, g, square)
    # without damping the first gradient may be 0: 0/0 means no move
    return square, fma(-eta / (math.sqrt(square) + damping), g, w) if square > 0.0 else w


@inline
def _adagrad_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    square, x = per_coordinate(_adagrad, (method.eta, method.damping), (memory, at.x), (g,))
    return arrived(oracle, project(oracle.problem, x), f, g), square


class CoordinateAdaGrad(NamedTuple):
    r"""AdaGrad [1]_ by coordinate: :math:`S \mathrel{+}= g^2`, :math:`w \mathrel{-}= \eta g/(\sqrt S + \delta)`.

    Parameters
    ----------
    eta : float
        :math:`\eta > 0` (units of w).
    damping : float
        :math:`\delta \ge 0`; 1e-8 for networks. With 0, a coordinate without a gradient so far stays.
    """

    eta: float
    damping: float = 0.0

    init = staticmethod(_zeros)
    step = staticmethod(_adagrad_step)
    columns = staticmethod(_no_columns)
    column_names = ()
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next draw may have a gradient."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "eta") + above(self, "damping")


class Moments(NamedTuple):
    """Running means of the gradients and of their squares, and the weight that the start still has in either."""

    first: object
    second: object
    left1: float
    left2: float


@inline
def adam_init(method, x):
    """The memory at the start."""
    return Moments(fill(x, 0.0), fill(x, 0.0), 1.0, 1.0)


@inline
def _adam(a, first, second, w, g):
    eta, beta1, beta2, grown1, grown2, damping = a
    first = beta1 * first + (1.0 - beta1) * g
    second = beta2 * second + (1.0 - beta2) * (g * g)
    return first, second, w - eta * (first / grown1) / (math.sqrt(second / grown2) + damping)


@inline
def adam_move(method, eta, memory, x, g):
    """Iterate and memory after the gradient g, with this stepsize."""
    left1, left2 = memory.left1 * method.beta1, memory.left2 * method.beta2
    a = eta, method.beta1, method.beta2, 1.0 - left1, 1.0 - left2, method.damping
    first, second, x = per_coordinate(_adam, a, (memory.first, memory.second, x), (g,))
    return x, Moments(first, second, left1, left2)


@inline
def _adam_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    x, memory = adam_move(method, method.eta, memory, at.x, g)
    return arrived(oracle, project(oracle.problem, x), f, g), memory


def below_one(method, *names):
    """A sentence for each named field that is not in [0, 1)."""
    return [
        f"{type(method).__name__}.{name} is {value}; it has to be at least 0 and below 1"
        for name in names
        if not 0 <= (value := getattr(method, name)) < 1
    ]


class Adam(NamedTuple):
    r"""Adam [2]_: :math:`w \mathrel{-}= \eta\,\hat m/(\sqrt{\hat v} + \delta)` with bias-corrected running means.

    Parameters
    ----------
    eta : float
        :math:`\eta > 0` (units of w).
    beta1, beta2 : float
        Weights of the past in the means of gradients and of squares, in [0, 1).
    damping : float
        :math:`\delta > 0`.
    """

    eta: float
    beta1: float = 0.9
    beta2: float = 0.999
    damping: float = 1e-8

    init = staticmethod(adam_init)
    step = staticmethod(_adam_step)
    columns = staticmethod(_no_columns)
    column_names = ()
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next draw may have a gradient."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "eta", "damping") + below_one(self, "beta1", "beta2")


@inline
def _rmsprop(a, square, w, g):
    eta, decay, damping = a
    square = decay * square + (1.0 - decay) * (g * g)
    return square, w - eta * g / (math.sqrt(square) + damping)


@inline
def _rmsprop_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    square, x = per_coordinate(_rmsprop, (method.eta, method.decay, method.damping), (memory, at.x), (g,))
    return arrived(oracle, project(oracle.problem, x), f, g), square


class RMSProp(NamedTuple):
    r"""RMSprop [3]_: :math:`v = \rho v + (1-\rho)g^2`, :math:`w \mathrel{-}= \eta g/(\sqrt v + \delta)`.

    Parameters
    ----------
    eta : float
        :math:`\eta > 0` (units of w).
    decay : float
        :math:`\rho` in [0, 1).
    damping : float
        :math:`\delta > 0`.
    """

    eta: float
    decay: float = 0.9
    damping: float = 1e-8

    init = staticmethod(_zeros)
    step = staticmethod(_rmsprop_step)
    columns = staticmethod(_no_columns)
    column_names = ()
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next draw may have a gradient."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "eta", "damping") + below_one(self, "decay")
