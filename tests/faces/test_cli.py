"""The command line as a newcomer meets it: exit codes, sentences, files."""

import json

import pytest

from theorylab.cli import main
from theorylab.papers.gdpolyak.derivations import gd_rate
from theorylab.theory import Derivation

CLAIM = '''
import sympy as sp
from problems import Quadratic
from theorylab import GD
from theorylab.claims import Measured, claim, near
from theorylab.fits import fit_factor

@claim("mine.halving", kind="constant", place="exercise 1", source="derived", quick={quick},
       predicted=lambda: near(sp.Rational(1, {denominator}), 1e-6))
def halving(plan):
    """GD with stepsize 1/2 multiplies the gap of x^2/2 by a constant in each step."""
    trace = plan.run(Quadratic([1.0]), GD(0.5), steps=40, record=range(41), start=[1.0])
    yield Measured.factor(fit_factor(trace.step, trace.gap))
'''


@pytest.fixture
def mine(tmp_path):
    def write(denominator=4, quick=True):
        path = tmp_path / "mine.py"
        path.write_text(CLAIM.format(denominator=denominator, quick=quick))
        return str(path)

    return write


class TestVerify:
    def test_zero_when_every_verdict_is_as_expected(self, mine, capsys):
        assert main(["verify", mine()]) == 0
        out = capsys.readouterr().out
        assert "mine.halving" in out and "SUPPORTED" in out and "1 as expected" in out

    def test_one_when_a_verdict_is_not_and_says_why(self, mine, capsys):
        assert main(["verify", mine(denominator=3)]) == 1
        out = capsys.readouterr().out
        assert "REFUTED" in out and "not as expected" in out and "excludes the predicted" in out

    def test_a_claim_left_out_of_the_quick_plan_is_named(self, mine, capsys):
        assert main(["verify", mine(quick=False)]) == 0
        assert "not run in the quick plan: mine.halving" in capsys.readouterr().out

    def test_the_json_file_is_strict_and_complete(self, mine, tmp_path, capsys):
        path = tmp_path / "verdicts.json"
        assert main(["verify", mine(), "--json", str(path)]) == 0
        report = json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        (claim,) = report["claims"]
        assert claim["verdict"] == "SUPPORTED" and claim["statement"] == r"\frac{1}{4}"
        assert claim["low"] <= 0.25 <= claim["high"]

    def test_json_to_standard_output_leaves_it_machine_readable(self, mine, capsys):
        assert main(["verify", mine(), "--json", "-"]) == 0
        assert json.loads(capsys.readouterr().out)["claims"][0]["id"] == "mine.halving"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["verify", "gdpolyak.gd-exponnent"], "nearest: gdpolyak.gd-exponent"),
        (["verify", "gdpolyac"], "gdpolyak"),
        (["verify", "--jobs", "0"], "--jobs is 0; it has to be at least 1"),
        (["show", "gdpolyak.no-such-claim"], "there is no claim"),
        (["verify", "nowhere.py"], "there is no file nowhere.py"),
        (["figures", "--format", "gif"], "gif is not one of pdf, svg, png, pgf"),
        (["figures", "--style", "no-such-style"], "no-such-style"),
        (["figures", "cocoa"], "cocoa"),
        (["replay", "nothing.json"], "there is no certificate nothing.json"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_code_two(arguments, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err and captured.err.count("\n") == 1
    assert captured.out == ""


def test_an_output_that_cannot_be_written_is_refused_before_the_trial(mine, tmp_path, capsys):
    assert main(["verify", mine(), "--json", str(tmp_path / "no" / "such" / "folder.json")]) == 2
    captured = capsys.readouterr()
    assert "cannot be written" in captured.err and captured.out == ""


@pytest.mark.parametrize("paper", ["annealing", "armijo", "cocob", "gdpolyak", "large_stepsize"])
def test_list_names_every_claim_of_the_specification(paper, capsys):
    assert main(["list", paper]) == 0
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert {f"{paper}.{name}" for name in SPECIFICATION[paper].split()} <= listed


#: Sections 7 and 8 of each specification.
SPECIFICATION = {}
SPECIFICATION["gdpolyak"] = """
nearly-linear ravine-normal ravine-tangent beats-baselines steps-grow gd-exponent gd-constant gd-bound epoch-factor
fixed-k-end fixed-k-slope slow-manifold k2-all-a k1-threshold align-identity align-threshold polyak-exponent
polyak-mean-constant mf-constant mf-factor mf-end neuron-cubic neuron-factor sensing-gd sensing-m wrong-fstar floor-law
neuron-naive-accurate neuron-quartic metric-normal-growth fixed-k-forever k1-all-a prose-eta restart-converges
polyak-self-averages polyak-pointwise gd-sublinear-everywhere halved-step-factor mse-identity straight-is-enough
"""
SPECIFICATION["large_stepsize"] = """
corollary2-bound avg-loss stable-bound stable-monotone tau-bound norm-g split sandwich rate-t rate-eta inverse-increment
prefactor t2-window t2-family log-bias monotone-eta lower-bound tau-saturation tau-inf perceptron-n tau-slope-coupled
tau-n-law tau-n-sq logfree loss-constants losses-avg losses-stable poly-fixed poly-table1 sgd-path sgd-population
sgd-no-benefit nn-stable adaptive-exp toy-fig1 larger-eta-lower lemma89-as-printed lemma32-constant toy-raw-threshold
tau-linear-fixed n-free-tau exact-t2-fixed-data no-eta2-term split-no-u2 logfree-one wrong-gamma phi-convex adaptive-log
exp-unflattened nonsep-critical first-step-root-general stable-before-accuracy
"""
SPECIFICATION["armijo"] = """
general-bound memory-bound general-tight general-tight-memory horizon-constant analytic-envelope kl-bound pow-exponent
pow-log kl-2d mixed-growth variants-mixed step-accept eval-identity evals-per-step start-fixed start-armijo gap border
flat floor rosen digits neg-general-is-linear neg-analytic-unbounded neg-lag neg-no-floor-step neg-exponent-any-search
neg-cgt-universal neg-fixed-start neg-tb-too-long neg-converges
"""
SPECIFICATION["annealing"] = """
poly-exponent cosine-exponent fixed-linear invsqrt-linear bound-constants cosine-integrals sharp-discrete regime-join
wsd-exponent sqrtcool-exponent lemma-step lemma-identity lemma-window fp-exponents fp-constants fp-slope sgd-exponents
sgd-ordering fixed-deterministic fixed-stationary fixed-large-t smooth-bound undershoot grid-saving logistic-ordering
digits-ordering neg-tpower neg-unbounded neg-single-problem neg-wrong-degree neg-undershoot-robust neg-smooth-fixed
neg-noiseless-annealed
"""
SPECIFICATION["cocob"] = """
gap-bound theorem1-form regret-bound regret-lambert wealth-bound slack-monotone step-inequality bet-tanh rate-t
rate-t-noise rate-hard log-linear log-power scale-d sgd-d2 sgdt-d3 adagrad-is-sgdt price hitting-law kt-hitting-law
overshoot efflr eps-log wqc-bound wqc-rate wqc-finite-g scale-inv-1 scale-inv-2 backprop-first-step backprop-positive
kt-identity kt-potential-lb kt-regret kt-best-fraction lambert-bounds lb-consistent lad-robust hinge-robust mlp-robust
mlp-alpha neg-nolog neg-halflog neg-exponent2 neg-misspecified-l neg-avg-exponent neg-no-tau neg-alg2-theorem
neg-kt-typo neg-kt-fractional neg-overshoot-small-d neg-sqrtt-psi neg-beats-tuned neg-inv-tiny-g mut-new-w mut-sigma
mut-double mut-g0
"""


def test_show_tells_statement_derivation_and_source(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("THEORYLAB_CACHE", str(tmp_path))
    Derivation.check.cache_clear()  # what other tests found with caches of their own
    gd_rate().check(prove=True)  # show only recalls proofs
    assert main(["show", "gdpolyak.gd-exponent"]) == 0
    out = capsys.readouterr().out
    assert "[derived]" in out and "LaTeX" in out and "proved symbolically" in out


def test_a_broken_pipe_is_not_an_error():
    import subprocess
    import sys

    command = f"{sys.executable} -m theorylab.cli list | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""
