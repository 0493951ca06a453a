# What you type here. `make help` lists it.
#
# All paths are relative: make splits names at spaces, and the checkout may lie under a path that has one.

PYTHON ?= python3
VENV = .venv/bin/python
PIP = $(VENV) -m pip --disable-pip-version-check --no-input --quiet

# The interpreter itself: PYTHON may be found in the very .venv that is about to be replaced.
INTERPRETER = $(PYTHON) -c 'import os, sys; print(os.path.realpath(sys.executable))'

# What .venv is made from: this place (its scripts name it), this interpreter, these packages.
ORIGIN = $$(pwd -P; $(INTERPRETER); $(PYTHON) --version; cksum requirements.lock)

# What supervisord starts runs without docstrings (supervisord.conf): compiled here, it need not be at every start.
COMPILED = actors.analyst.shell, actors.chart.shell, actors.chart.worker, actors.evaluator.shell, actors.feed.shell, \
    actors.telegram.shell, actors.us_poller.shell, actors.watchdog.shell, actors.runtime.process, alembic.command, \
    simulator.world

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install run test lint coverage bench soak chaos conformance fuzz transcript lock clean python always

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

install: .venv/linked ## Make .venv, exactly as locked, and the folders for run time (PYTHON=python3.12 chooses another Python)
	@mkdir -p run data logs && chmod 700 run data logs

run: install ## Install and start everything in the foreground; Ctrl-C stops it
	@if .venv/bin/supervisorctl -c supervisord.conf pid >/dev/null 2>&1; then \
	    echo 'It runs already, in another terminal or in the background. To stop it:'; \
	    echo '  .venv/bin/supervisorctl -c supervisord.conf shutdown'; exit 1; fi
	@echo 'Starting; look at it from another terminal:'
	@echo '  .venv/bin/sigmactl demo phone   what has arrived on the phone: alerts with their pictures'
	@echo '  .venv/bin/sigmactl demo say /list   type something on the phone'
	@echo '  .venv/bin/sigmactl status       every actor and how it is'
	@echo '  .venv/bin/sigmactl logs -f      what they are doing'
	@umask 077 && exec .venv/bin/supervisord -n -c supervisord.conf

test: lint ## Install, then lint, types and all tests (ARGS="-k name" are handed on)
	@$(VENV) -m pytest -n 2 --dist loadgroup $(ARGS)

lint: install ## Install, then rules, format and types
	@$(VENV) -m ruff check --quiet .
	@$(VENV) -m ruff format --check --quiet .
	@$(VENV) -m mypy

coverage: install ## Which lines and branches the unit and property tests reach
	@$(VENV) -m coverage run -m pytest -q tests/unit tests/property
	@$(VENV) -m coverage report

bench: install ## Measure cost, latency and memory beside their floors
	@$(VENV) -m benchmarks $(ARGS)

soak: install ## Send 20,000 trades a second for ten minutes: nothing is lost, memory stays flat
	@$(VENV) -m benchmarks.soak $(ARGS)

chaos: install ## Kill, stall and cut at length, then check what was promised
	@$(VENV) -m tests.chaos $(ARGS)

fuzz: install ## Throw damaged input at everything that reads what others wrote (ARGS="--seconds 3600 --seed 7")
	@$(VENV) -m tests.fuzz $(ARGS)

conformance: install .venv-conformance/made-from ## Let clients that we did not write talk to our simulated KIS and Telegram
	@$(VENV) -m tests.conformance $(ARGS)

transcript: install ## Play how somebody new comes in, and write docs/first-alert.md
	@$(VENV) -m tests.support.newcomer docs/first-alert.md

lock: python ## Write requirements.lock anew from setup.cfg (ARGS=--upgrade takes newer releases)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/python" -m pip install --disable-pip-version-check --quiet uv && \
	"$$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
	    --no-annotate --custom-compile-command 'make lock' --python "$$tools/bin/python" $(ARGS) \
	    setup.cfg --output-file requirements.lock

clean: ## Remove what was built; run/, data/ and logs/ stay
	@rm -rf .venv .venv-conformance build sigmabell.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The rule always runs, but the file only changes, and what depends on it is only made, if the origin has changed.
.venv/made-from: python always
	@origin="$(ORIGIN)"; if [ "$$origin" = "$$(cat .venv/made-from 2>/dev/null)" ]; then exit 0; fi; \
	echo 'Installing into .venv; this takes a minute.'; \
	interpreter="$$($(INTERPRETER))"; rm -rf .venv && "$$interpreter" -m venv .venv && \
	$(PIP) install --require-hashes --only-binary :all: -r requirements.lock && \
	printf '%s\n' "$$origin" > .venv/made-from || \
	{ echo 'The packages could not be installed: see above. If the network was away, type it again.' >&2; exit 1; }

.venv/linked: .venv/made-from setup.cfg pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable . && \
	PYTHONDONTWRITEBYTECODE= $(VENV) -OO -c 'import $(COMPILED)' && touch .venv/linked

.venv-conformance/made-from: tests/conformance/requirements.txt .venv/made-from
	@rm -rf .venv-conformance && $(VENV) -m venv .venv-conformance && \
	.venv-conformance/bin/python -m pip --disable-pip-version-check --no-input --quiet install --only-binary :all: \
	    -r tests/conformance/requirements.txt && touch .venv-conformance/made-from

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo '$(PYTHON) is missing or older than Python 3.11: install 3.11 or later and name it, as in "make PYTHON=python3.12 run".' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo '$(PYTHON) has no venv module: on Debian and Ubuntu "sudo apt install python3-venv" brings it.' >&2; exit 1; }
