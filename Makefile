# A thin face over uv, npm and pytest. `make help` lists what there is.
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready
MEMBERS := render desk bot notebook_ext airflow_plugins sandbox

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench format lock screenshots

help: ## what one can make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## install everything into .venv and sandbox/node_modules

$(READY): requirements.lock pyproject.toml $(MEMBERS:%=%/pyproject.toml) sandbox/package-lock.json .ci/setup
	@.ci/setup
	@touch $@

demo: $(READY) ## start the whole platform here and play the story (ARGS=--once, ARGS=--keep)
	@exec $(BIN)/airdesk-sandbox demo $(ARGS)

test: $(READY) ## all tests; ARGS="-k card" for some
	@exec $(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

check: $(READY) ## format, lint, types, imports, dependencies, locks
	@.ci/check

bench: $(READY) ## figures beside our peers', one a line (ONLY=render for one area)
	@exec $(BIN)/python -m benchmarks $(ONLY)

format: $(READY) ## format and mend what ruff can mend
	@$(BIN)/ruff format -q && $(BIN)/ruff check -q --fix

lock: $(READY) ## renew requirements.lock after a change of dependencies
	@.bootstrap/bin/uv lock -q
	@.bootstrap/bin/uv export -q --frozen --all-packages --all-groups --no-emit-workspace --no-header --no-annotate -o requirements.lock

screenshots: $(READY) ## take the README's pictures from a running story
	@PYTHONPATH=tests $(BIN)/python docs/screenshots.py
