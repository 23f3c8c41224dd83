# Gavel's commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help up down reset status setup test check format demo doctor

PYTHON_BIN := .venv/bin/python
STACK := $(PYTHON_BIN) -m dev.stack

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: setup ## Start everything, print the addresses, stay until Ctrl-C
	@exec $(STACK) up

down: packages ## Stop the stack of this GAVEL_HOME
	@$(STACK) down

reset: packages ## Stop it and forget its data
	@$(STACK) reset

status: packages ## Say whether it runs, and where
	@$(STACK) status || true

setup: packages ## Install what is missing and build the site
	@$(STACK) setup

test: packages ## Set up, then lint, types, import rules and all tests (T="tests/dev -k word" for some)
	@$(STACK) setup --tests
	@$(MAKE) --no-print-directory check
	@$(STACK) test $(T)

check: packages ## The fast part: lint, format, types, import rules, the site's own tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@cd web/dashboard && ../../.venv/bin/mypy --strict app.py analysts
	@.venv/bin/lint-imports
	@$(PYTHON_BIN) -m dev.workflows
	@$(STACK) npm test

format: packages ## Format the code and mend what lint can mend
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

demo: packages ## A scripted evening at the market, on the stack that runs
	@exec $(PYTHON_BIN) -m dev.demo

doctor: packages ## Look at the stack that runs and say what to do about what is wrong
	@exec $(PYTHON_BIN) -m dev.doctor

.PHONY: packages
packages:
	@sh dev/bootstrap.sh
