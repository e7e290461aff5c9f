# `make` lists the targets. Each of them first makes .venv, if that is not done: see docs/howto/development.md.

# Always `python -m tool`: the scripts in .venv/bin hold the checkout's path and break when it moves.
PYTHON_VENV := .venv/bin/python
READY := .venv/ready
UV := $(PYTHON_VENV) -m uv
UV_VERSION := $(shell sed -n '/^name = "uv"$$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock)
PYTEST := $(PYTHON_VENV) -m pytest --numprocesses auto --maxprocesses 2 --durations 10

export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
# The machine's certificates, as many an office network signs its own; uv would bring a list along.
export UV_SYSTEM_CERTS ?= true
unexport VIRTUAL_ENV

# Whichever of the usual variables names the package index, pip and uv both obey it.
INDEX := $(or $(value UV_DEFAULT_INDEX),$(value UV_INDEX_URL),$(value PIP_INDEX_URL))
ifneq ($(INDEX),)
export UV_DEFAULT_INDEX := $(INDEX)
export PIP_INDEX_URL := $(or $(value PIP_INDEX_URL),$(INDEX))
endif

ifneq ($(shell test -w "$$HOME" && echo writable),writable)
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
endif

.PHONY: help setup demo test test-fast soak bench lint format rulebooks clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup: $(READY) ## make .venv (every other target does so by itself)

demo: $(READY) ## build the synthetic city of 2022, adjudicate it, explain it, replay it
	@$(PYTHON_VENV) -m gonghui demo

test: $(READY) ## run every test
	@$(PYTEST)

test-fast: $(READY) ## run the tests that need neither patience nor a browser
	@$(PYTEST) -m 'not slow and not browser'

soak: $(READY) ## run the proofs in their long dose: hours
	@GONGHUI_SOAK=1 $(PYTEST) tests/proofs tests/ground tests/verbs tests/config tests/adapters tests/programmes

bench: $(READY) ## measure the fold against its rivals (ROWS=302000000 for a year of China)
	@$(PYTHON_VENV) -m benchmarks

lint: $(READY) ## check style and types
	@$(PYTHON_VENV) -m ruff check
	@$(PYTHON_VENV) -m ruff format --check
	@$(PYTHON_VENV) -m mypy

format: $(READY) ## rewrite the sources in the one style
	@$(PYTHON_VENV) -m ruff check --fix-only
	@$(PYTHON_VENV) -m ruff format

rulebooks: $(READY) ## check every rule book: nothing left open, no day uncovered
	@$(PYTHON_VENV) -m gonghui rulebook check --all

clean: ## remove .venv and all caches
	rm -rf .venv .cache /dev/shm/gonghui-tests-$$(id -u)-* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml uv.lock
	@echo 'Making .venv, once …'
	@$(PYTHON_VENV) -m pip --version >/dev/null 2>&1 || { $(find_python) "$$python" -m venv --clear .venv; }
	@$(PYTHON_VENV) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(install)
	@$(point_at_sources)
	@touch $@

# The first Python that is new enough, in $$python; or what to do about it.
define find_python
set -- python3.11 python3; [ -z "$$PYTHON" ] || set -- "$$PYTHON"; \
for python in "$$@" ''; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
done; \
if [ -z "$$python" ]; then \
	echo "Gonghui needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3"; exit 1; \
fi; \
if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	echo "$$python cannot make a virtual environment. As root: apt-get install" \
		"$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; \
fi;
endef

# uv.lock holds the addresses of the public index and `uv sync --frozen` goes there whatever index is set.
# With an index of one's own, the same versions are asked of it by name and checked by the same hashes.
ifeq ($(INDEX),)
define install
$(UV) sync --quiet --frozen --all-extras --all-groups --no-build-isolation-package gonghui
endef
else
define install
$(UV) export --quiet --frozen --all-extras --all-groups --no-emit-project --output-file .venv/requirements.txt \
&& $(UV) pip sync --quiet --python $(PYTHON_VENV) --require-hashes .venv/requirements.txt \
&& $(UV) pip install --quiet --python $(PYTHON_VENV) --no-deps --no-build-isolation --editable .
endef
endif

# Python reads this file in the locale's encoding, which may not be that of the checkout's name: ASCII suits all.
define point_at_sources
sed -i 's|.*|../../../../src|' .venv/lib/python3*/site-packages/_editable_impl_gonghui.pth
endef
