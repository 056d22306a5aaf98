# What one does with this checkout. `make run` and `make test` need nothing done before them: see README.md.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

## venv: the virtual environment .venv with all that work on deskd needs, from requirements-dev.lock
venv: $(VENV)/.installed-dev

# The project itself goes in editable and without build isolation: nothing is fetched that the lock doesn't name.
define install
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -qq --require-hashes -r $(1)
	$(PIP) install -qq --no-deps --no-build-isolation -e .
endef

$(VENV)/.installed-run: requirements.lock pyproject.toml
	$(call install,requirements.lock)
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml
	$(call install,requirements-dev.lock)
	touch $(VENV)/.installed-run $@

.PHONY: venv
