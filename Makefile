# Two commands: `make run` starts the app, `make test` runs everything that CI runs.
# Both set up what is missing in .venv and do nothing for what is there.

PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= 127.0.0.1
BIN := .venv/bin

# The tests start many processes: what one compiles, the next finds. Empty, also where the machine sets it.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test lint types unit pages browser clean

run: .venv/run.stamp
	@echo "Tensor Explorer: http://$(if $(filter 0.0.0.0,$(ADDRESS)),localhost,$(ADDRESS)):$(PORT)"
	@$(BIN)/streamlit run streamlit_app.py --server.port $(PORT) --server.address $(ADDRESS)

# mypy has one thread, and the browser comes from afar: both have their turn beside tests
test: lint
	@$(MAKE) --no-print-directory --jobs 2 types unit browser
	@$(MAKE) --no-print-directory pages

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/test.stamp
	$(BIN)/mypy

unit: .venv/test.stamp
	$(BIN)/pytest --ignore tests/browser --numprocesses 2 --dist worksteal

pages: .venv/test.stamp
	$(BIN)/pytest tests/browser --numprocesses 2 --dist worksteal

browser: .venv/test.stamp
	$(BIN)/python -m tests.browser.chromium

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv .venv

# the app is installed in place, so that `python -m explorer` works anywhere
.venv/run.stamp: requirements.txt constraints.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
