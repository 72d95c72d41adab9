"""Methods: one file a family, the record and its jitted step together."""

from .adagrad import AdaGradNorm
from .armijo import BisectArmijo, MemoryArmijo, ResetArmijo
from .armijo_dynamics import ArmijoMomentum, ArmijoRMSProp
from .armijo_trials import MemoryTrials, ResetTrials
from .armijo_variants import ClippedArmijo, CumulativeArmijo, NormalisedArmijo, SignArmijo
from .gradient import GD
from .hitting import UntilGradient
from .momentum import HeavyBall
from .nonuniform import ClippedGD, DecayingStep, L0L1Step
from .onlog import LogExpm1GD, LogGD
from .perceptron import BatchPerceptron
from .polyak import GDPolyak, Polyak, RestartedGDPolyak
from .scheduled import AveragedSGD, ScheduledSGD
from .scheduled_adaptive import ScheduledAdaGradNorm, ScheduledAdam
from .sgd import SGD, CyclicSGD
from .watch import MarginWatch

__all__ = [
    "GD", "SGD", "AdaGradNorm", "ArmijoMomentum", "ArmijoRMSProp", "AveragedSGD", "BatchPerceptron", "BisectArmijo",
    "ClippedArmijo", "ClippedGD", "CumulativeArmijo", "CyclicSGD", "DecayingStep", "GDPolyak", "HeavyBall", "L0L1Step",
    "LogExpm1GD", "LogGD", "MarginWatch", "MemoryArmijo", "MemoryTrials", "NormalisedArmijo", "Polyak", "ResetArmijo",
    "ResetTrials", "RestartedGDPolyak", "ScheduledAdaGradNorm", "ScheduledAdam", "ScheduledSGD", "SignArmijo",
    "UntilGradient",
]  # fmt: skip
