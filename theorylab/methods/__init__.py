"""Methods: one file a family, the record and its jitted step together."""

from .adagrad import AdaGradNorm
from .armijo import BisectArmijo, MemoryArmijo, ResetArmijo
from .armijo_dynamics import ArmijoMomentum, ArmijoRMSProp
from .armijo_trials import MemoryTrials, ResetTrials
from .armijo_variants import ClippedArmijo, CumulativeArmijo, NormalisedArmijo, SignArmijo
from .averaged import Averaged, averages, gap_of_average
from .baselines import Adam, CoordinateAdaGrad, DecayingSubgradient, RMSProp, SubgradientDescent
from .cocob import COCOB
from .cocob_backprop import COCOBBackprop
from .dog import DoG
from .gradient import GD
from .hitting import UntilGradient
from .kt import KT, CoordinateKT
from .momentum import HeavyBall
from .nonuniform import ClippedGD, DecayingStep, L0L1Step
from .onlog import LogExpm1GD, LogGD
from .perceptron import BatchPerceptron
from .polyak import GDPolyak, Polyak, RestartedGDPolyak
from .regret_watch import RegretWatch
from .scheduled import AveragedSGD, ScheduledSGD
from .scheduled_adaptive import ScheduledAdaGradNorm, ScheduledAdam
from .sgd import SGD, CyclicSGD
from .watch import MarginWatch

__all__ = [
    "COCOB", "GD", "KT", "SGD", "AdaGradNorm", "Adam", "ArmijoMomentum", "ArmijoRMSProp", "Averaged", "AveragedSGD",
    "BatchPerceptron", "BisectArmijo", "COCOBBackprop", "ClippedArmijo", "ClippedGD", "CoordinateAdaGrad",
    "CoordinateKT", "CumulativeArmijo", "CyclicSGD", "DecayingStep", "DecayingSubgradient", "DoG", "GDPolyak",
    "HeavyBall", "L0L1Step", "LogExpm1GD", "LogGD", "MarginWatch", "MemoryArmijo", "MemoryTrials", "NormalisedArmijo",
    "Polyak", "RMSProp", "RegretWatch", "ResetArmijo", "ResetTrials", "RestartedGDPolyak", "ScheduledAdaGradNorm",
    "ScheduledAdam", "ScheduledSGD", "SignArmijo", "SubgradientDescent", "UntilGradient", "averages", "gap_of_average",
]  # fmt: skip
