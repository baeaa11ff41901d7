# One command per job. `make` alone lists them. Everything installs itself; only Python 3.11+ and make must be there.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
ifeq ($(PYTHON),)
$(error Python 3.11, 3.12 or 3.13 is needed and none of them is on the path)
endif

VENV := .venv
PY := $(VENV)/bin/python
UV := $(PYTHON) scripts/uv.py
STAMP := $(VENV)/.installed
CODE := $(wildcard source_ordergroove emulator webhook_receiver demo unit_tests integration_tests scripts benchmarks)
IMAGE ?= airbyte/source-ordergroove:dev
RECEIVER_IMAGE ?= ordergroove-webhook-receiver:dev
EMULATOR_IMAGE ?= ordergroove-emulator:dev
SIZE ?= small
comma := ,

# PyAirbyte and the CDK report their use unless told not to; a test run concerns nobody.
export DO_NOT_TRACK := 1
export AIRBYTE_OFFLINE_MODE := 1
# Else the first start of everything compiles the framework, and each start where Python may not write what it compiled.
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo emulator test check fix bench dbt image receiver-image prove-image lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## install everything into .venv (the second time: nothing to do)

$(STAMP): pyproject.toml requirements/dev.txt
	@test -x $(PY) || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" $(VENV)
	@echo "installing into $(VENV) ..."
	@$(UV) pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## read all streams from the emulator into demo.duckdb
	@$(PY) -m demo

emulator: setup ## run the fake Ordergroove on port 8000
	@$(PY) -m emulator --port 8000 --seed 7 --size small

test: setup dbt ## run every test
	@$(PY) -m pytest

check: setup ## format, lint, types, imports, dependencies, YAML, spelling
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/ruff check $(CODE)
	$(PY) -m mypy $(CODE)
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry source_ordergroove
	$(VENV)/bin/deptry emulator webhook_receiver --non-dev-dependency-groups emulator,webhook-receiver --ignore DEP002
	$(VENV)/bin/yamllint --strict .
	$(VENV)/bin/codespell

fix: setup ## format, and mend what ruff can mend
	$(VENV)/bin/ruff format $(CODE)
	$(VENV)/bin/ruff check --fix $(CODE)

# The peers have an environment of their own: none of their pins meets the connector's.
BENCH := .venv-bench/bin/python
bench: setup requirements/bench.txt ## measure speed and memory against other ways to read the same
	@test -x $(BENCH) || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv-bench
	@$(UV) pip sync --quiet --python $(BENCH) --require-hashes requirements/bench.txt
	@$(PY) -m benchmarks.ledger
	@$(BENCH) -m benchmarks
	@$(PY) -m benchmarks.capacity

# dbt has one too: what it depends on and what the connector's framework depends on exclude each other.
DBT := .venv-dbt/bin/python
dbt: requirements/dbt.txt ## install dbt into .venv-dbt, for the package in dbt_ordergroove
	@test -x $(DBT) || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv-dbt
	@$(UV) pip sync --quiet --python $(DBT) --require-hashes requirements/dbt.txt

# BASE_IMAGE and CA_BUNDLE: for networks without a registry, or that inspect TLS (see the Dockerfile).
BUILD := docker build --quiet $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) $(if $(CA_BUNDLE),--secret id=ca_bundle$(comma)src=$(CA_BUNDLE))

image: ## build the connector's image (IMAGE=name:tag)
	$(BUILD) --tag $(IMAGE) .

receiver-image: ## build the webhook receiver's image (RECEIVER_IMAGE=name:tag)
	$(BUILD) --target webhook-receiver --tag $(RECEIVER_IMAGE) .

prove-image: image ## spec, check, discover and read from the image, against the emulator (SIZE=small|medium|large)
	$(BUILD) --target emulator --tag $(EMULATOR_IMAGE) .
	$(PYTHON) scripts/prove_image.py --image $(IMAGE) --emulator-image $(EMULATOR_IMAGE) --size $(SIZE)

clean: ## remove the environment, caches and what the demo wrote
	rm -rf $(VENV) .venv-dbt .uv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist demo.duckdb*

# The rest is resolved within dev.txt, so that tests run on the versions the images hold. Extra indexes and links of this
# machine are left out: a hash must be of the public file, not of a local rebuild.
COMPILE := UV_INDEX= UV_FIND_LINKS= $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command 'make lock'
WITHIN := -c requirements/dev.txt

lock: ## resolve the hashed requirements anew (UPGRADE=--upgrade for the newest versions)
	@$(COMPILE) $(UPGRADE) requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --group dev -o requirements/dev.txt
	@$(COMPILE) $(UPGRADE) requirements/dbt.in -o requirements/dbt.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml $(WITHIN) -o requirements/runtime.txt
	@$(COMPILE) $(UPGRADE) --group webhook-receiver $(WITHIN) -o requirements/receiver.txt
	@$(COMPILE) $(UPGRADE) --group emulator $(WITHIN) -o requirements/emulator.txt
	@$(COMPILE) $(UPGRADE) --group build $(WITHIN) -o requirements/build.txt
