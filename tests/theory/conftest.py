"""A cache of proofs of its own for every test run: no test depends on what was proved before."""

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("THEORYLAB_CACHE", str(tmp_path))
    return tmp_path
