# Only Python 3.11+ is needed: everything else is installed into .venv from the locks in requirements/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes
PYTEST := $(BIN)/python -m pytest -m "not slow"
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
export TUNEYARD_DATA_DIR ?=

.PHONY: install up test unit lint bench chaos screenshots lighthouse

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml requirements/main.lock requirements/torch.lock requirements/torch-cpu.lock
	$(PYTHON) -c 'import sys; sys.exit("Tuneyard needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(if $(filter cuda,$(TORCH)),,$(PIP) --retries 1 --timeout 15 --extra-index-url $(TORCH_INDEX) -r requirements/torch-cpu.lock \
		|| echo "The CPU build of torch can't be had; taking the large one of the package index.")
	$(BIN)/python -m pip show --quiet torch 2>/dev/null || $(PIP) -r requirements/torch.lock
	$(PIP) -r requirements/main.lock
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	touch $@

up: install
	frontend/build.sh
	$(BIN)/tuneyard models pull $(shell echo '$(ARGS)' | grep -oE -e '--data-dir[= ][^ ]+')
	$(BIN)/tuneyard up $(ARGS)

test: install
	frontend/build.sh
	$(BIN)/python tests/e2e/chromium.py
	$(PYTEST) $(or $(ARGS),-n 2 --dist loadgroup)

# What starts no server and no platform.
unit: install
	$(PYTEST) -n 2 --ignore=tests/backend --ignore=tests/e2e $(ARGS)

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python benchmarks/bench.py $(ARGS)

chaos: install
	$(BIN)/python -m pytest tests/e2e/test_jobs_survive.py tests/e2e/test_chaos.py tests/e2e/test_restored_copy.py tests/e2e/test_own_servers.py \
		tests/e2e/test_two_hosts.py tests/deploy tests/backend/base_models/test_importing_writers.py $(ARGS)

screenshots: install
	frontend/build.sh
	$(BIN)/python tests/e2e/chromium.py
	PYTHONPATH=tests $(BIN)/python tests/e2e/screenshots.py $(ARGS)

lighthouse: install
	frontend/build.sh
	$(BIN)/python tests/e2e/chromium.py
	$(BIN)/python tests/e2e/lighthouse.py $(ARGS)
