# Two commands: `make run` (set up, then take calls) and `make test` (set up, then run everything).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
IVR := $(VENV)/bin/ivr
# Hundreds of processes start in a test run: compiled files are kept whatever the surroundings say.
export PYTHONDONTWRITEBYTECODE :=
MODELS ?= $(or $(IVR_MODELS_DIR),var/models)

.PHONY: run test test-fast lint setup setup-test fresh bench faults clean

setup:
	@.ci/setup.sh run

setup-test:
	@.ci/setup.sh test

# In a terminal, job control (-m) hands Ctrl-C to the server alone: it drains and ends with 0, and so does make.
run: setup
	@if [ -t 0 ]; then exec bash -mc '$(IVR) serve'; else exec $(IVR) serve; fi

test: setup-test
	@$(VENV)/bin/python -m pytest -n $$(nproc) --dist worksteal $(ARGS)

test-fast:
	@TEST_FAST=1 $(VENV)/bin/python -m pytest -n 2 --dist worksteal tests/unit tests/property $(ARGS)

lint:
	@$(VENV)/bin/ruff check . && $(VENV)/bin/lint-imports

fresh:
	@.ci/fresh.sh

bench:
	@for each in recognition spoken callers turn webhook streams nlu prove defects transcripts promises queues bridge; do echo "== $$each"; \
		$(VENV)/bin/python benchmarks/$$each.py --json benchmarks/results/$$each.json || true; done
	@$(VENV)/bin/python benchmarks/report.py

# Kills, cuts off and fills up everything there is, at full size: half an hour.
faults: setup-test
	@$(VENV)/bin/python benchmarks/faults.py $(ARGS); code=$$?; $(VENV)/bin/python benchmarks/report.py; exit $$code

clean:
	rm -rf $(VENV) var build *.egg-info
