"""Many runs: labels, equality whatever the parallelism, and nothing computed is lost."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from problems import CurvedRavine, PowerRavine
from theorylab import GD, GDPolyak, Polyak, run, sweep
from theorylab.runs import BadInput, Status, Store, run_many

OVER = {"short_steps": [5, 20, 60], "a": [5.0, 10.0]}


def test_a_sweep_is_labelled_by_what_was_swept():
    data = sweep(CurvedRavine(), GDPolyak(0.0125, 20), OVER, steps=500)
    assert data.gap.dims == ("short_steps", "a", "step")
    single = run(CurvedRavine(a=5.0), GDPolyak(0.0125, 60), steps=500)
    chosen = data.sel(short_steps=60, a=5.0)
    assert np.array_equal(chosen.gap.values, single.gap)
    assert np.array_equal(chosen.x.values, single.x)
    assert chosen.status.item() == "STEP_LIMIT"


def test_starts_and_seeds_are_axes_too():
    starts = np.array([[0.3, 0.05], [0.5, 0.3], [1.0, 0.5]])
    data = sweep(CurvedRavine(), Polyak(), {"start": starts, "seed": range(2)}, steps=50)
    assert np.array_equal(data.x.sel(step=0, seed=1).values, starts)


def test_rows_after_the_end_of_a_run_are_nan():
    data = sweep(CurvedRavine(), GD(0.01), {"stepsize": [0.01, 0.125]}, steps=200)
    assert data.status.values.tolist() == ["STEP_LIMIT", "DIVERGED"]
    assert np.isnan(data.gap.sel(stepsize=0.125, step=200)) and np.isfinite(data.gap.sel(stepsize=0.01)).all()


@pytest.mark.parametrize(("jobs", "backend"), [(1, "threads"), (2, "threads"), (2, "processes")])
def test_results_are_bitwise_equal_whatever_the_parallelism(jobs, backend):
    data = sweep(CurvedRavine(), GDPolyak(0.0125, 20), OVER, steps=400, jobs=jobs, backend=backend)
    for K in OVER["short_steps"]:
        for a in OVER["a"]:
            alone = run(CurvedRavine(a=a), GDPolyak(0.0125, K), steps=400)
            assert data.gap.sel(short_steps=K, a=a).values.tobytes() == alone.gap.tobytes()


def test_a_batch_through_lanes_is_bitwise_equal_to_single_runs():
    generator = np.random.default_rng(5)
    starts = generator.uniform(-1, 1, (40, 2))
    starts[7] = 0.0  # ends at once: it stands on the minimiser
    starts[8] = [3.0, -3.0]  # diverges
    cells = [
        {"problem": CurvedRavine(), "method": GD(0.0125), "start": x, "steps": 3000, "levels": [1e-3, 1e-4]}
        for x in starts
    ]
    for cell, trace in zip(cells, run_many(cells), strict=True):
        alone = run(**cell)
        assert trace.table.tobytes() == alone.table.tobytes()
        assert (trace.status, trace.hits.tolist()) == (alone.status, alone.hits.tolist())


def test_chunks_do_not_change_a_bit(monkeypatch):
    whole = run(CurvedRavine(), Polyak(), steps=20_000)
    monkeypatch.setattr("theorylab.runs.single.CHUNK_SECONDS", 1e-9)
    assert run(CurvedRavine(), Polyak(), steps=20_000).table.tobytes() == whole.table.tobytes()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({}, "`over` is empty"),
        ({"stepsize": []}, "the list of values for 'stepsize' is empty"),
        ({"momentum": [0.9]}, "'momentum' is no field of GD (stepsize) nor of CurvedRavine (p, c, a)"),
        ({"stepsize": [0.1, -1.0]}, "GD.stepsize is -1.0"),
    ],
)
def test_a_wrong_sweep_is_refused_before_anything_runs(over, sentence):
    with pytest.raises(BadInput) as caught:
        sweep(CurvedRavine(), GD(0.01), over, steps=10)
    assert sentence in str(caught.value)


def test_an_unknown_backend_is_refused():
    with pytest.raises(BadInput, match="threads, processes, dask"):
        sweep(CurvedRavine(), GD(0.01), {"stepsize": [0.1]}, steps=10, backend="gpu")


class TestStore:
    def test_a_second_call_reads_instead_of_running(self, tmp_path, monkeypatch):
        first = run(CurvedRavine(), Polyak(), steps=1000, store=tmp_path)
        monkeypatch.setattr("theorylab.runs.single._advance", None)  # would fail if anything ran
        second = run(CurvedRavine(), Polyak(), steps=1000, store=tmp_path)
        assert second.table.tobytes() == first.table.tobytes() and second.status == first.status

    @pytest.mark.parametrize(
        "change", [{"steps": 999}, {"method": Polyak(0.5)}, {"problem": CurvedRavine(a=9.0)}, {"start": [0.3, 0.1]}]
    )
    def test_anything_that_matters_changes_the_key(self, tmp_path, change):
        call = {"problem": CurvedRavine(), "method": Polyak(), "steps": 1000, "store": tmp_path}
        run(**call)
        run(**(call | change))
        assert len(list(tmp_path.glob("*.npz"))) == 2

    def test_a_file_that_cannot_be_read_is_computed_anew(self, tmp_path):
        first = run(CurvedRavine(), Polyak(), steps=1000, store=tmp_path)
        (path,) = tmp_path.glob("*.npz")
        path.write_bytes(path.read_bytes()[:100])
        with pytest.warns(UserWarning, match="computed anew"):
            second = run(CurvedRavine(), Polyak(), steps=1000, store=tmp_path)
        assert second.table.tobytes() == first.table.tobytes()

    def test_a_folder_that_cannot_be_made_is_refused(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(BadInput, match="cannot be written"):
            Store(tmp_path / "file" / "store")

    def test_a_sweep_with_a_store_runs_only_what_is_missing(self, tmp_path):
        cells = [{"problem": PowerRavine(), "method": GD(h), "steps": 100} for h in (0.1, 0.2, 0.3)]
        run_many(cells[:2], store=tmp_path)
        kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
        run_many(cells, store=tmp_path)
        now = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
        assert len(now) == 3 and all(now[name] == stamp for name, stamp in kept.items())

    def test_a_killed_run_continues_from_its_checkpoint(self, tmp_path):
        steps = 10**9
        script = textwrap.dedent(f"""
            import theorylab.runs.single as engine
            engine._CHECKPOINT_SECONDS, engine.CHUNK_SECONDS = 0.05, 0.02
            from problems import PowerRavine
            from theorylab import GD, run
            run(PowerRavine(), GD(0.5), steps={steps}, store={str(tmp_path)!r})
        """)
        process = subprocess.Popen([sys.executable, "-c", script])
        try:
            deadline = time.monotonic() + 60
            while not list(tmp_path.glob("*.npz")) and time.monotonic() < deadline:
                time.sleep(0.02)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        (path,) = tmp_path.glob("*.npz")
        kept = Store(tmp_path).load(path.stem)
        assert kept.status == Status.INTERRUPTED and 1 <= len(kept.table)

        resumed = _advance_from(kept, stop_after=kept.table[-1, 0] * 1.5)
        straight = run(PowerRavine(), GD(0.5), steps=int(resumed[-1, 0]), record=resumed[:, 0].astype(int))
        common = np.isin(straight.step, resumed[:, 0].astype(int))
        gaps_after_resuming = resumed[:, 1]
        assert straight.gap[common].tobytes() == gaps_after_resuming.tobytes()
        assert not list(tmp_path.glob("*.part")) or os.path.exists(path)


def _advance_from(kept, stop_after):
    """Rows that the run of 1e9 steps writes when it goes on from the checkpoint, up to about `stop_after` steps."""
    from theorylab.kernels import Stream, begin, descend
    from theorylab.runs.records import schedule

    problem, method = PowerRavine(), GD(0.5)
    stops = schedule(10**9)
    carry = kept.restore(begin(problem, method, (0.5, 0.3)))
    table = np.full((stops.size, kept.table.shape[1]), np.nan)
    table[: len(kept.table)] = kept.table
    last = int(np.searchsorted(stops, stop_after)) + 1
    stream = Stream(np.uint64(0), np.uint64(0))
    descend(
        problem, method, carry, stream, stops, len(kept.table), last, np.zeros(1), kept.hits, np.inf, 1, table
    )
    return table[:last]
