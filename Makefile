# Everything a newcomer needs: `make run` and `make test`. `make` alone lists the rest.
# Paths are relative, so that a blank or Chinese in the checkout's path does no harm.
PYTHON ?= python3
ARGS ?=
VENV := .venv/bin/python
SETUP := $(PYTHON) -X utf8 -I tracker/bootstrap.py
FRONTEND := $(VENV) -X utf8 -I tracker/frontend.py
# Servers of their own for one command, gone afterwards; what the shell points at is left alone.
OWN := env -u DATABASE_URL -u DATABASE_OWNER_URL -u REDIS_URL -u DATA_DIR -u DEMO TRACKER_ENV=local
WITH := $(OWN) $(VENV) -m tracker.embedded with --fast -- $(VENV)
PACKAGES := manage.py tracker units tasks reports tests
TEMPLATES := tracker/templates units/templates tasks/templates reports/templates

export PYTHONUTF8 := 1
unexport MAKEFLAGS MAKELEVEL MFLAGS

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench faults setup-run setup-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: setup-run ## set up, start web, worker and beat (PORT=8000 DATA_DIR=./var DEMO=1)
	@exec $(VENV) -m tracker.embedded run --end-with-parent

test: setup-dev ## set up, run the tests on servers of their own (part: ARGS="tests/tasks -k word")
	@exec $(WITH) -m pytest -m "not faults and not bench" $(or $(ARGS),-n auto --dist worksteal)

check: setup-dev ## lint, types, imports, templates, migrations, settings, translations
	@$(VENV) -m ruff check
	@$(VENV) -m ruff format --check
	@$(VENV) -m mypy $(PACKAGES)
	@$(VENV) -m djlint --quiet --check $(wildcard $(TEMPLATES))
	@$(VENV) -m djlint --quiet --lint $(wildcard $(TEMPLATES))
	@$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(WITH) manage.py makemigrations --check --dry-run
	@$(VENV) manage.py translations check
	@$(OWN) TRACKER_ENV=production SECRET_KEY="$$($(VENV) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		ALLOWED_HOSTS=tracker.example.org SITE_URL=https://tracker.example.org DATABASE_URL=postgres://app@db.example.org/tracker \
		REDIS_URL=redis://broker.example.org:6379/0 $(VENV) manage.py check --deploy --fail-level WARNING

fix: setup-dev ## format and mend what can be mended by machine
	@$(VENV) -m ruff check --fix
	@$(VENV) -m ruff format
	@$(VENV) -m djlint --quiet --reformat $(wildcard $(TEMPLATES))

bench: setup-dev ## measure
	@exec $(WITH) -m pytest -m bench $(ARGS)

faults: setup-dev ## the long fault and fuzz tests
	@exec $(WITH) -m pytest -m faults $(ARGS)

setup-run:
	@$(SETUP) runtime
	@$(FRONTEND) runtime

setup-dev:
	@$(SETUP) dev
	@$(FRONTEND) dev
