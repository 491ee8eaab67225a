# The commands of this project. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check screenshots bench bench-faults lock clean
# Byte code is wanted: without it every start compiles the program anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Debian's packages (as root), .venv and the project; instant when nothing has changed
	@tools/setup

demo: setup ## a seeded hub on an embedded store, and the desktop; offscreen where there is no screen
	@.venv/bin/mash-desktop demo

test: ## everything: the checks, every test, the tests without Qt, coverage
	@tools/test

check: setup ## lint, types, import contracts, dependencies
	@tools/check

screenshots: setup ## the demo without a screen, and the pictures that the documents show, in docs/
	@QT_QPA_PLATFORM=offscreen .venv/bin/mash-desktop demo --screenshots docs

bench: setup ## measure; SECTION=store, desktop or hub, and WHAT=a word of one's name; writes bench/latest.json
	@.venv/bin/python -m tests.bench $(if $(SECTION),--section $(SECTION)) $(if $(WHAT),--what $(WHAT))

bench-faults: setup ## schedules of faults between desktops and a store; ARGUMENTS="--seed S --schedules N"
	@.venv/bin/python -m tests.faults $(ARGUMENTS)

lock: ## write requirements/ anew from pyproject.toml
	@tools/lock

clean: ## remove what the commands have made
	@rm -rf .venv build demo-output bench/latest.json .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
