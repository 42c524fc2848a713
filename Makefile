# Needed: Python 3.11 or newer, and make. Everything else is set up here, from uv.lock.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info < (3,14))' 2>/dev/null && echo $$p && break; done)
PORT ?= 3000
OPEN ?= yes
BIN := .venv/bin
export UV_SYSTEM_CERTS ?= 1

.PHONY: help demo demo-teams test check lint bench soak gallery clean format

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: .venv/ready ## a sample company with its own chat workspace, at http://localhost:3000
	$(BIN)/recording-steward demo --port $(PORT) $(if $(filter no,$(OPEN)),--no-browser)

# Microsoft's own local client, twice; it needs Node.js 18 or newer, and is fetched on first use.
demo-teams: .venv/ready ## the same company in Microsoft's own local client
	$(BIN)/recording-steward demo-teams --port $(PORT) $(if $(filter no,$(OPEN)),--no-browser)

test: .venv/ready-dev .venv/browser lint ## everything that holds the promises; .ci/run calls exactly this
	$(BIN)/pytest -q -n 2 tests/handlers tests/rules tests/policy tests/storage --cov --cov-report=term-missing:skip-covered --cov-fail-under=100
	$(BIN)/pytest -q --ignore=tests/handlers --ignore=tests/rules --ignore=tests/policy --ignore=tests/storage

check: lint ## format, lint, types, import contracts and unit tests
	$(BIN)/pytest -q -n 2 tests/rules tests/policy tests/handlers -x -k 'not postgresql'

lint: .venv/ready-dev ## the checks of the text alone
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/ready-dev ## mend what can be mended of the text
	$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

soak: .venv/ready-dev ## the long runs: more rounds, more files, both databases
	$(BIN)/pytest -q -m soak

bench: .venv/ready-dev ## speed and memory beside peers and limits, in one run
	$(BIN)/python -m tests.bench

gallery: .venv/ready-dev .venv/browser ## every card and form in every state as pictures, in build/gallery
	$(BIN)/python -m tests.gallery build/gallery

.venv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; none was found."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv

.venv/ready: .venv/bin/uv uv.lock pyproject.toml
	$(BIN)/uv sync -q --frozen --no-dev --inexact
	@touch $@

.venv/ready-dev: .venv/bin/uv uv.lock pyproject.toml
	$(BIN)/uv sync -q --frozen --inexact
	@touch $@ .venv/ready

# A Chromium that is there, else Playwright's own, else the distribution's.
.venv/browser: .venv/ready-dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| $(BIN)/playwright install --with-deps chromium >/dev/null 2>&1 \
	|| { apt-get update -qq && apt-get install -y -qq chromium fonts-noto-color-emoji; } >/dev/null
	@touch $@

clean: ## throw away what was set up and made here
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
