r"""The limit of gradient descent on the logistic loss for an infinite stepsize. [derived]"""

from typing import NamedTuple

from theorylab.kernels import Point, axpy, inline, rows_dot, rows_sum, value_grad

from .gradient import nothing


@inline
def _step(method, oracle, at, memory, k, stream):
    sample = oracle.problem.sample
    margins, _, shares = oracle.work
    margins = rows_dot(sample.z, at.x, margins)
    for i in range(margins.size):
        shares[i] = sample.weights[i] if margins[i] < 0.0 else 0.5 * sample.weights[i] if margins[i] == 0.0 else 0.0
    x = axpy(1.0, rows_sum(sample.z, shares, at.x, at.g), at.x)
    f, g = value_grad(oracle, x, at.g)
    return Point(x, f, g), memory


@inline
def _columns(method, at, memory):
    return ()


class BatchPerceptron(NamedTuple):
    r""":math:`v_{t+1} = v_t + \sum_{\langle z_i, v_t\rangle < 0} p_i z_i`, where a tie counts one half.

    What :math:`w_t/\eta` of gradient descent with the logistic loss tends to as :math:`\eta\to\infty`; from
    :math:`v_0 = 0`, where all rows tie, :math:`v_1` is half the mean of the rows. The run stalls when all rows are
    classified: let it run without a floor, and the last step minus one is the number of steps it took.
    """

    init = staticmethod(nothing)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ()
    needs = ()
    asks = ("sample",)

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more."""
        return 1

    def faults(self):
        """Nothing can be out of range."""
        return []
