# make verify | test | notebooks | install | lint | bench | figures: each sets up .venv by itself; a second call is fast.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.bench-installed

.PHONY: verify test notebooks install lint bench figures clean
verify: $(STAMP)
	$(BIN)/theorylab verify --quick

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

notebooks: $(STAMP)
	$(BIN)/python -m pytest tests/faces/test_documents.py -m notebooks $(ARGS)

install: $(STAMP)

lint: $(STAMP)
	$(BIN)/ruff check .

bench: $(BENCH_STAMP)
	$(BIN)/python -m benchmarks $(ARGS)

figures: $(STAMP)
	$(BIN)/theorylab figures --out figures --format pdf,svg,png

$(STAMP): setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("theorylab needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Call make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

$(BENCH_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

clean:
	rm -rf $(VENV) .theorylab *.egg-info
