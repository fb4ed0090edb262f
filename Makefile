# Aisle's verbs. `make` lists them. Everything runs in .venv, made from the lock; after the install nothing touches the network.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export DO_NOT_TRACK := 1
# One more than the cores of a small machine: some tests wait, for servers and for what they kill.
WORKERS := --numprocesses 3
.DEFAULT_GOAL := help
.PHONY: help install lock demo load build publish report sql docs athena athena-env parity serve reconcile lint format test test-long test-athena test-adapter test-faults test-mutation bench clean reset

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(VENV)/lock.txt ## Set up .venv from the lock (uv when it is there, else venv and pip)
$(VENV)/lock.txt: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("error: Aisle needs Python 3.11 or later; name one with `make install PYTHON=python3.11`." if sys.version_info < (3, 11) else 0)'
	@echo "Installing what requirements.txt locks into $(VENV) (a minute or two, once) …"
	@if command -v uv >/dev/null; then uv venv --quiet --clear --python "$$(command -v $(PYTHON))" $(VENV) && UV_COMPILE_BYTECODE=1 uv pip sync --quiet --require-hashes --python $(PY) $<; \
	else $(PYTHON) -m venv --clear $(VENV) && $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<; fi
	@cp $< $@

lock: ## Make requirements.txt from requirements.in (needs uv)
	@uv pip compile requirements.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --output-file requirements.txt

demo: load ## Run the main job on all of the data: load, build, publish, report
	@$(PY) -m serving build --if-changed
	@$(PY) -m serving publish
	@$(PY) -m serving report

load: install ## Start the grocer's systems and load what is new into warehouse/raw.duckdb
	@$(PY) -m ingestion load

build: install ## Build and test every model in warehouse/aisle.duckdb
	@$(PY) -m serving build

publish: install ## Give the last green build to the readers
	@$(PY) -m serving publish

report: install ## Show what was built, three answers, and the totals beside the sources' own
	@$(PY) -m serving report

sql: install ## Open a read-only SQL shell on the served data
	@$(PY) -m serving sql

serve: install ## Answer metrics over HTTP and show the page in a browser, both on this machine only, until Ctrl-C
	@$(PY) -m serving serve --page

reconcile: install ## Ask every question of third normal form, vault, star, wide table and metrics, and compare the rows
	@$(PY) -m serving reconcile

docs: install ## Write dbt's documentation as one page, target/static_index.html
	@dbt docs generate --static

athena: install ## The second engine here: a local Athena, the first 100 households loaded and built in it, and kept running
	@$(PY) -m infra.athena_demo

athena-env: install ## Print the environment of the lake that Terraform made, for a shell to take over
	@$(PY) -m infra.athena_env

parity: install ## Compare the build on DuckDB with the one on Athena, cell for cell
	@$(PY) -m tests.parity

lint: install ## Check Python and SQL without changing them
	@ruff check . && ruff format --check --quiet . && sqlfluff lint --disable-progress-bar && sqlfluff lint --disable-progress-bar --templater raw --disregard-sqlfluffignores serving/answers serving/questions

format: install ## Put Python and SQL into the house style
	@ruff check --fix . && ruff format . && sqlfluff fix --disable-progress-bar

test: install ## Lint, and run every test, of the long proofs a sample (TESTS="tests/vault tests/page": all of these folders)
	@for named in $(TESTS); do [ -e "$${named%%::*}" ] || { echo "error: There is no $$named: name folders of tests, as in TESTS=tests/vault." >&2; exit 2; }; done
	@$(PY) -m pytest $(WORKERS) $(TESTS)

test-long: install ## Run the long proofs, all of them (CI does; `make test` with AISLE_LONG=all does, too)
	@AISLE_LONG=all $(PY) -m pytest $(WORKERS) -m long

test-athena: install ## Run the tests that need a local Athena or Terraform (each says so when it cannot)
	@$(PY) -m pytest $(WORKERS) -rs tests/infra tests/ingestion/athena tests/athena tests/parity tests/macros

test-adapter: install ## Run dbt-athena's own functional tests on a local Athena (downloads them, and takes ten minutes)
	@$(PY) -m tests.adapter_suite

test-faults: install ## Kill loads at 126 places, each then run once more (ten minutes; AISLE_SEED draws other places)
	@AISLE_KILLS=14 $(PY) -m pytest -rs tests/faults

test-mutation: install ## Put faults into every model and every source, and tell which test finds each (five minutes)
	@$(PY) -m tests.mutation

bench: install ## Measure the figures of docs/performance.md
	@$(PY) -m benchmarks

clean: ## Remove what dbt and the tests generated; keep the data
	@rm -rf target logs .pytest_cache .ruff_cache && find ingestion infra serving tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

reset: ## Stop the grocer's systems and the local Athena, and remove the warehouse
	@if [ -x $(PY) ]; then $(PY) -m ingestion grocer down && $(PY) -m infra.local_athena down; fi
	@rm -rf "$${AISLE_WAREHOUSE:-warehouse}"
