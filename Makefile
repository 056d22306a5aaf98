# What one does with this checkout; `make` alone lists it. Each target does its own set-up.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

# Tests run on all cores, three at a time on two; TESTS=tests/unit/test_x.py chooses some, PYTEST_ARGS=… replaces how they run.
TESTS       ?= tests
PYTEST_ARGS ?= --numprocesses=auto --dist=worksteal
MINUTES     ?= 60

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

## run: start the demo; prints the address of its page, where you are customer and agent
run: $(VENV)/.installed-run
	@$(BIN)/deskd demo

## test: run all tests, on SQLite and PostgreSQL; installs the Debian packages they use where it may
test: $(VENV)/.installed-dev programs
	$(BIN)/python -m scripts.run_tests $(PYTEST_ARGS) $(TESTS)

## check: what CI runs: format, lint, types, import contracts, schemas, rule tests, then all tests
check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.schemas --check
	$(BIN)/deskd rules test rules
	$(BIN)/deskd rules test rules/extra
	$(MAKE) test

## format: put the code into shape, and mend what the linter can
format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .

## bench: measure speed, and print it as a table
bench: $(VENV)/.installed-dev programs
	$(BIN)/python -m tests.bench

## corpus: how well real messages are understood, as a table; CORPORA="DIR…" adds folders of your own
corpus: $(VENV)/.installed-dev
	$(BIN)/python -m tests.corpus $(CORPORA)

## fuzz: property tests with ever new examples, and bytes that lead parse into new code, for MINUTES=60
fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m scripts.fuzz $(MINUTES)

## schema: write config/schema/*.json anew from the models
schema: $(VENV)/.installed-dev
	$(BIN)/python -m scripts.schemas

## lock: pin the dependencies of pyproject.toml anew; UPGRADE=1 takes the newest of all
lock:
	PYTHON=$(PYTHON) scripts/lock.sh

## venv: only make .venv, with all that work on deskd needs
venv: $(VENV)/.installed-dev

## clean: remove everything that the other targets made
clean:
	rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

## help: list all this
help:
	@sed -n 's/^## \([a-z]*\): \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

programs: $(VENV)/.installed-dev
	@$(BIN)/python -m scripts.install_test_programs

# The project itself goes in editable and without build isolation: nothing is fetched that the lock doesn't name.
# Our own code is compiled too: without .pyc files the first start takes seconds.
define install
	@echo "installing what $(1) names into $(VENV)"
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { echo "needs Python 3.11 with venv (Debian: apt install python3-venv)"; exit 1; }
	@$(PIP) install -qq --require-hashes -r $(1)
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q deskd connectors
endef

$(VENV)/.installed-run: requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.installed-run $@

.PHONY: run test check format bench corpus fuzz schema lock venv clean help programs
