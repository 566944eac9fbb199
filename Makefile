# Needs Python >= 3.11, git and make; everything else is installed into .venv by name and hash.
# Settings come from the environment: DRUGKG_PORT=8080 make serve

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := $(PIP) install --require-hashes --no-build-isolation --requirement
NEW_ENOUGH := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

.PHONY: help serve test test-slow check lint bench lock
.DEFAULT_GOAL := help

help:
	@echo 'make serve   install, build the graph, answer on http://127.0.0.1:8000'
	@echo 'make test    install what the tests need and run them'
	@echo 'make test-slow   the suites that need minutes, other engines, Java: see CONTRIBUTING.md'
	@echo 'make check   check the facts: syntax, shapes, coverage'
	@echo 'make lint    ruff and mypy'
	@echo 'make bench   measure this server beside others (needs wrk; BENCH=--full for all sizes)'
	@echo 'make lock    resolve the dependencies anew (needs uv)'

serve: $(VENV)/serve.done
	@$(BIN)/drugkg serve

test: $(VENV)/test.done
	@$(BIN)/python -m pytest -n auto

# Each starts servers or a cluster of its own, so they run one after the other.
SLOW := comunica or engines or slow or spark or sparql12

test-slow: $(VENV)/slow.done
	@$(BIN)/python -m pytest -m '$(SLOW)' --durations=5

check: $(VENV)/serve.done
	@$(BIN)/drugkg check

lint: $(VENV)/test.done
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# The peers get environments of their own. libjemalloc2 and Virtuoso are measured if installed:
# apt-get install wrk libjemalloc2 virtuoso-opensource-7-bin
PEERS := oxigraph==0.5.13 rdflib-endpoint[web]==0.6.3
TOOLS := .bench/tools

bench: $(VENV)/serve.done
	@for peer in '$(firstword $(PEERS))' '$(lastword $(PEERS))'; do \
	    place=$(TOOLS)/$${peer%%[=[]*}; \
	    test -e $$place/bin/$${peer%%[=[]*} && continue; \
	    $(BIN)/python -m venv --clear $$place && $$place/bin/pip --quiet install "$$peer" || exit 1; \
	done
	@$(BIN)/python -m benchmarks $(BENCH)

$(VENV)/serve.done: requirements.lock $(wildcard web/*.js* web/*.py web/src/*) $(VENV)/build.done
	@echo 'Installing what the server needs (requirements.lock) …'
	@$(LOCKED) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@test -f api/static/built/manifest.json || echo 'The scripts of the pages were not built (npm or its' \
	    'registry was not there); the pages work without them.'
	@touch $@

$(VENV)/test.done: requirements-test.lock $(VENV)/serve.done
	@echo 'Installing what the tests need (requirements-test.lock) …'
	@$(LOCKED) requirements-test.lock
	@touch $@

$(VENV)/slow.done: requirements-slow.lock $(VENV)/test.done
	@echo 'Installing what the slow tests need (requirements-slow.lock) …'
	@$(LOCKED) requirements-slow.lock
	@touch $@

# The builders come first, pinned like the rest: owlready2 has no wheel, and a build in
# isolation would fetch whatever setuptools is newest that day.
$(VENV)/build.done: requirements-build.lock pyproject.toml
	@$(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null || { \
	    for python in python3.13 python3.12 python3.11 python3 python; do \
	        $$python -c '$(NEW_ENOUGH)' 2>/dev/null && exec $$python -m venv --clear $(VENV); \
	    done; \
	    echo 'No Python >= 3.11 with its venv module was found on the PATH.' >&2; \
	    echo 'On Debian and Ubuntu: apt install python3 python3-venv' >&2; \
	    exit 1; \
	}
	@$(LOCKED) requirements-build.lock
	@touch $@

RESOLVE := uv pip compile --quiet --universal --generate-hashes --no-annotate \
    --custom-compile-command 'make lock' $(UV_ARGS)

lock:
	$(RESOLVE) pyproject.toml --extra test --output-file requirements-test.lock
	$(RESOLVE) pyproject.toml --constraint requirements-test.lock --output-file requirements.lock
	$(RESOLVE) --group build --output-file requirements-build.lock
	$(RESOLVE) --group slow --output-file requirements-slow.lock
