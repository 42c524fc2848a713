# You need Python 3.11 to 3.14, and make. Everything else is set up here, from uv.lock.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info < (3,15))' 2>/dev/null && echo $$p && break; done)
PORT ?= 3000
OPEN ?= yes
BIN := .venv/bin
COVERED := tests/rules tests/policy tests/storage tests/handlers
export UV_SYSTEM_CERTS ?= 1
# Without compiled files, each test process would compile two thousand modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo demo-teams test test-pbx test-314 check lint bench soak mutants size stand-ins rehearse gallery clean format

## list these commands
help:
	@awk '/^## / { told = substr($$0, 4); next } \
	told && /^[a-z0-9-]+:/ { printf "  make %-12s %s\n", substr($$1, 1, index($$1, ":") - 1), told } { told = "" }' Makefile

## open the sample company with its own chat workspace (PORT=3977 OPEN=no: another port, no browser)
demo: .venv/ready
	$(BIN)/recording-steward demo --port $(PORT) $(if $(filter no,$(OPEN)),--no-browser)

## open the same company in Microsoft's local Teams client, fetched on first use (needs Node.js 18 or newer)
demo-teams: .venv/ready
	$(BIN)/recording-steward demo-teams --port $(PORT) $(if $(filter no,$(OPEN)),--no-browser)

## run the tests that decide whether a change lands, in about ten minutes; .ci/run calls exactly this
test: .venv/ready-dev .venv/browser lint
	$(BIN)/pytest -q -n 2 --dist worksteal

## test with a real Asterisk and real calls, in a chroot made on first use (needs root, and Debian's archive once)
test-pbx: .venv/ready-dev
	$(BIN)/pytest -q -rs -m pbx tests/pbx

## test rules, policy, storage and handlers on Python 3.14, in a chroot made on first use (needs root, and Debian's archive once)
test-314: .venv/ready-dev
	$(BIN)/python -m tests.newest_python

## lint, then run the short tests of rules and handlers, in under a minute
check: lint
	$(BIN)/pytest -q -n 2 --dist worksteal -x tests/rules tests/policy tests/handlers -m 'not long and not soak and not pbx'

## check format, lint, types and import contracts, without tests
lint: .venv/ready-dev
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.size

## fix what the formatter and the linter can fix
format: .venv/ready-dev
	$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

## run everything that takes longer, with at least 97 % of handlers/ covered, and `make test` at 14 awkward moments
soak: .venv/ready-dev .venv/browser
	$(BIN)/pytest -q -n 2 --dist worksteal --timeout=1200 -m 'not pbx' -k 'not postgresql' $(COVERED) --cov --cov-report=term-missing:skip-covered --cov-fail-under=97
	$(BIN)/pytest -q -n 2 --dist worksteal --timeout=1200 -m 'not pbx' -k postgresql $(COVERED)
	$(BIN)/pytest -q -n 2 --dist loadfile --timeout=1200 -m 'soak and not pbx' $(addprefix --ignore=,$(COVERED))
	$(BIN)/python -m tests.stand_ins
	$(BIN)/python -m tests.awkward_moments

## put 60 small faults into the product, one at a time, and check that a test fails for each, in about an hour
mutants: .venv/ready-dev .venv/browser
	$(BIN)/python -m tests.mutants --seed 32

## print the size of each part, and fail if one is over its limit
size: .venv/ready-dev
	$(BIN)/python -m tests.size --folders

## run the tests of the stand-ins for Slack and Teams, and record that they passed
stand-ins: .venv/ready-dev
	$(BIN)/python -m tests.stand_ins

## play two years of a company, with kills at random and three processes at once, and check log and folder
rehearse: .venv/ready-dev
	$(BIN)/pytest -q -n 2 -m soak tests/years

## measure speed and memory beside peers and limits
bench: .venv/ready-dev
	$(BIN)/python -m tests.bench

## take pictures of every golden card, page and form, in build/gallery
gallery: .venv/ready-dev .venv/browser
	$(BIN)/python -m tests.gallery build/gallery

.venv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12, 3.13 or 3.14 is needed; none was found."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv

.venv/ready: .venv/bin/uv uv.lock pyproject.toml
	$(BIN)/uv sync -q --frozen --no-dev --inexact
	@touch $@

.venv/ready-dev: .venv/bin/uv uv.lock pyproject.toml
	$(BIN)/uv sync -q --frozen --inexact
	@touch $@ .venv/ready

# Use an installed Chromium, else Playwright's, else the distribution's.
.venv/browser: .venv/ready-dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| $(BIN)/playwright install --with-deps chromium >/dev/null 2>&1 \
	|| { apt-get update -qq && apt-get install -y -qq chromium fonts-noto-color-emoji; } >/dev/null
	@touch $@

## remove everything that was set up or made here
clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
