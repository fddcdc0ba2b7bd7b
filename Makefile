# TelBot: `make help` lists what can be done. Each target makes .venv ready first where it needs it.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
KILLS ?= 200
BENCH ?= updates
WORKERS ?= 2
export PYTHON

help: ## list these targets
	@echo "TelBot. Settings: .env (see .env.example). Targets:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ready ## play a day of the demo company, then leave it running with a page to use it: no token needed (ONCE=1: end afterwards)
	@echo "-> Playing a day of the demo company"
	@.ci/setup demo
	@$(PY) -m sandbox.demo

test: ready ## run all tests (ARGS="-k stock" for some; WORKERS=0: one after another; REQUIRE_SERVICES=1: nothing may be skipped)
	@echo "-> Running the tests"
	@.ci/setup test
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist loadgroup $(ARGS)

lint: ready ## check style, types, directions of imports, translations and migrations
	@echo "-> Style: ruff"
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@echo "-> Types: mypy"
	@$(PY) -m mypy
	@echo "-> Directions of imports: import-linter"
	@.venv/bin/lint-imports --no-logo
	@echo "-> Translations"
	@$(PY) -m templates.catalogues check
	@echo "-> The map of the conversation"
	@$(PY) -m bot.map --check
	@echo "-> Rules of the house, and migrations against models"
	@$(PY) -m pytest tests/test_architecture.py tests/test_migrations.py

migrate: ready ## bring the database up to date
	@echo "-> Bringing the database up to date"
	@$(PY) telbot_polling.py migrate

seed: migrate ## put the demo company into an empty database
	@echo "-> Putting the demo company into the database"
	@$(PY) telbot_polling.py seed

run: migrate ## run the bot by polling
	@echo "-> Polling; Ctrl-C ends it"
	@exec $(PY) telbot_polling.py

serve: migrate ## run the bot behind its webhook (waitress)
	@echo "-> Serving the webhook; Ctrl-C ends it"
	@exec $(PY) telbot_webhooks.py serve

admin: ready ## print a one-time password for an admin
	@echo "-> Making a one-time password for an admin"
	@$(PY) telbot_polling.py admin

dead: ready ## list what could not leave (`.venv/bin/python telbot_polling.py retry <row>` lets it try again)
	@echo "-> Looking for what could not leave"
	@$(PY) telbot_polling.py dead

screens: ready ## write docs/screens.md anew from the screens
	@echo "-> Writing docs/screens.md"
	@$(PY) -m bot.map

screenshots: ready ## take the pictures of README and docs from the sandbox's page
	@echo "-> Taking the pictures"
	@.ci/setup pictures
	@$(PY) -m sandbox.screenshots

chaos: ready ## kill the bot under load and check that nothing is lost (KILLS=200 per database)
	@echo "-> Killing the bot $(KILLS) times per database"
	@KILLS=$(KILLS) $(PY) -m pytest -s tests/chaos

coverage: ready ## run the tests of the rules and say which branches of services/ no test takes
	@echo "-> Running the tests of the rules with coverage"
	@$(PY) -m pytest -q --numprocesses $(WORKERS) --dist loadgroup --cov=services --cov-branch --cov-report=term-missing:skip-covered \
		--cov-fail-under=85 tests/services tests/bot tests/delivery tests/templates

bench: ready ## measure: BENCH=updates (beside a bare bot), growth, figures, invoices, clients, nearest, tickets
	@echo "-> Measuring $(BENCH) (benchmarks/README.md says what)"
	@$(PY) -m benchmarks.$(BENCH)

clean: ## remove what can be made anew: .venv, caches, the demo's files
	@echo "-> Removing .venv, caches and var/demo"
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var/demo
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@.ci/setup

.PHONY: help demo test lint migrate seed run serve admin dead screens screenshots chaos coverage bench clean ready
