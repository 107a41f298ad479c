# One command for people and CI; `make help` lists them. Works again and again: what is done is
# not done twice.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint model lock clean system system-test

VENV := .venv
BIN := $(VENV)/bin

help: ## List the targets
	@awk -F ': ##|: .*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: model ## Set everything up and start the companion (the sample call where there is no microphone)
	$(BIN)/callcoach call --sample-without-microphone

test: model lint | system-test ## Set everything up, then check style, types, cues and behaviour
	CALLCOACH_REQUIRE_MODEL=1 $(BIN)/pytest

lint: model ## Check style, types and cues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/callcoach cues lint

model: $(VENV)/.installed ## Fetch the speech model if none is installed
	@scripts/fetch_model.sh $(BIN)/callcoach

system:
	@scripts/system_packages.sh run

system-test: | system
	@scripts/system_packages.sh test

$(VENV)/.created: | system
	@scripts/create_venv.sh $(VENV)
	@touch $@

$(VENV)/.locked: requirements.lock $(VENV)/.created
	@echo "Installing the locked Python packages; this takes a minute."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lock: $(VENV)/.created ## Renew requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --all-extras --group dev \
		--python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--quiet --output-file requirements.lock

clean: ## Remove what was built; models stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
