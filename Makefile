# Everything that Python needs lives in .venv, made by the first target that uses it. Targets that need a program of the
# system install it where they may (as root, or with a sudo that asks nothing) and otherwise say what to install.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
RUNTIME := .venv/.stride-runtime
DEV := .venv/.stride-dev
PINS := pyproject.toml constraints.txt

# How many processes share the tests, more than two cores keep busy, for many tests wait; 0 runs them in one, as a debugger
# needs it. Files go to them in the order of tests/conftest.py, the longest first: xdist's own begins with the most tests.
PROCESSES := 3

# What is passed on: make run ARGS="--port 9000", make test ARGS="tests/server -k login", make compose-demo ARGS=--keep
ARGS :=

.PHONY: help setup run test lint format check coverage bench-grade bench-burst bench-quiz bench-sandbox bench-timing bench-timing-queue bench-gpu test-gpu fuzz-wire compare-references course-coverage screenshot compose-demo hostile-docker freeze clean

# First, so that a missing package is said before anything is downloaded.
.NOTPARALLEL:
system-%:
	@scripts/system-packages $*

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: system-test $(DEV) ## Install everything that developing needs, and the commit hooks where pre-commit is at hand
	@! command -v pre-commit >/dev/null || pre-commit install
	@echo "Ready. The command is $(BIN)/stride; make help lists what else there is."

run: system-run $(RUNTIME) ## Start Stride with a demo course, and show its address and accounts
	@$(BIN)/stride demo $(ARGS)

test: export CI := true
test: system-test $(DEV) ## Run every test, against the real sandbox, databases, brokers and browser
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: system-lint $(DEV) ## Check style, types and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: system-lint $(DEV) ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: system-run $(RUNTIME) ## Grade every sample submission of every assignment, and print the table
	@$(BIN)/stride check --all $(ARGS)

coverage: system-test $(DEV) ## Run every test and show the branches that none of them takes
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

bench-grade: system-run $(RUNTIME) ## Time a submission from the upload to the recorded score
	@$(BIN)/python -m scripts.bench_grade $(ARGS)

bench-burst: system-test $(RUNTIME) ## Hand in 500 submissions at once, through Redis and PostgreSQL, and say where the time goes
	@$(BIN)/python -m scripts.bench_burst $(ARGS)

bench-quiz: system-test $(RUNTIME) ## Let 1,000 students sit a quiz at once, over PostgreSQL and over SQLite (ARGS=--search)
	@$(BIN)/python -m scripts.bench_quiz $(ARGS)

bench-sandbox: system-run $(RUNTIME) ## Time the ways to the first line of a student's code, side by side
	@$(BIN)/python -m scripts.bench_sandbox $(ARGS)

bench-timing: system-run $(RUNTIME) ## Show that equal code comes out equal and 15 % more work is called slower (ARGS=--quick)
	@$(BIN)/python -m scripts.bench_timing $(ARGS)

bench-timing-queue: system-run $(RUNTIME) ## Let people hand in at once, some repeatedly, and say when each was timed
	@$(BIN)/python -m scripts.bench_timing_queue $(ARGS)

bench-gpu: system-run $(RUNTIME) ## Time the accepted solutions in torch beside torch's own, which on a GPU is cuDNN
	@$(BIN)/python -m scripts.bench_gpu $(ARGS)

test-gpu: system-test $(DEV) ## Run the tests that need a GPU; ends with 4 where PyTorch sees none
	@$(BIN)/python -m pytest tests/gpu -m gpu $(ARGS)

fuzz-wire: system-run $(RUNTIME) ## Send the judge what a hostile sandbox might, a minute for each kind (ARGS="--seconds 600")
	@$(BIN)/python -m scripts.fuzz_wire $(ARGS)

compare-references: system-run $(RUNTIME) ## Hold every NumPy reference against its oracle over 12,000 random cases
	@$(BIN)/python -m scripts.compare_references $(ARGS)

course-coverage: system-run $(RUNTIME) ## Write docs/coverage.md: what of the lectures which assignment and quiz topic treats
	@$(BIN)/python -m scripts.course_coverage $(ARGS)

screenshot: system-test $(DEV) ## Take pictures of the pages
	@$(BIN)/python -m scripts.screenshot $(ARGS)

compose-demo: $(RUNTIME) ## Bring docker-compose.yml up for real, and have one submission graded and timed
	@scripts/compose-demo $(ARGS)

hostile-docker: $(RUNTIME) ## Grade the hostile collection inside the grader's container, with the rights it has there
	@scripts/hostile-in-docker $(ARGS)

freeze: ## Write constraints.txt anew from what pyproject.toml allows
	@scripts/freeze

clean: ## Remove what tools left behind (not .venv, not var/, where the data are)
	@find . -path ./.venv -prune -o -path ./var -prune -o -type d -name __pycache__ -exec rm -rf {} +
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* htmlcov build dist

$(RUNTIME): $(PINS)
	@scripts/install runtime

$(DEV): $(PINS)
	@scripts/install dev
