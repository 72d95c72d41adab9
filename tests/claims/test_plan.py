"""The plan's runs: rounding is found without being asked for, and honest traces stay whole."""

import numpy as np
import pytest

from problems import CurvedRavine, NaiveTwoNeuron, TwoNeuron
from theorylab import GD, GDPolyak
from theorylab.claims import Plan


@pytest.mark.parametrize("full", [False, True])
def test_the_naive_neuron_is_cut_where_its_loss_goes_wrong_and_the_stable_one_is_not(full):
    method, plan = GDPolyak(1.5, 40), Plan(full)
    naive = plan.run(NaiveTwoNeuron.random(d=3), method, steps=1000)
    assert naive.step[-1] < 1000 and "gap is off" in plan.warnings[0]
    stable = plan.run(TwoNeuron.random(d=3), method, steps=int(naive.step[-1]) + 200)
    assert stable.step[-1] == naive.step[-1] + 200 and len(plan.warnings) == 1


def test_evidence_about_rounding_sees_what_floating_point_did():
    plan = Plan()
    trace = plan.run(NaiveTwoNeuron.random(d=3), GDPolyak(1.5, 40), steps=1000, checked=False)
    assert trace.step[-1] == 1000 and plan.warnings == []


def test_honest_ravines_are_never_cut():
    plan = Plan(full=True)
    cells = [{"problem": CurvedRavine(), "method": m, "steps": 2000} for m in (GD(0.0125), GDPolyak(0.0125, 60))]
    assert [trace.step[-1] for trace in plan.run_many(cells)] == [2000, 2000] and plan.warnings == []


def test_one_alarm_in_a_batch_makes_the_plan_look_at_all_of_it(monkeypatch):
    from theorylab.claims import plan as module

    seen = []

    def alarm(trace, shadow, tolerance):
        seen.append(trace.method.stepsize)
        return (5, "from step 5: a stand-in") if trace.method.stepsize == 0.001 else None

    monkeypatch.setattr(module, "first_alarm", alarm)
    stepsizes = np.round(np.arange(1, 13) * 0.001, 3).tolist()
    cells = [{"problem": CurvedRavine(), "method": GD(h), "steps": 20} for h in stepsizes]
    traces = Plan().run_many(cells)
    assert sorted(seen) == stepsizes and traces[0].step[-1] == 4 and traces[1].step[-1] == 20


def test_pick_chooses_by_the_plan():
    assert (Plan().pick(1, 2), Plan(full=True).pick(1, 2)) == (1, 2)
