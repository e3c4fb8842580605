# What everybody needs: `make run` shows the system, `make test` proves it, `make check` is quick.
# Everything that they need they install themselves, below .venv and (Debian, as root) by apt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test check lint types contracts format lock prompts desk desk-types pictures clean

DESK := cardline/app/static/desk/index.html

run: $(VENV)/installed $(DESK)
	@$(BIN)/cardline demo $(ARGS)

test: $(VENV)/installed-dev $(DESK)
	@tools/test $(ARGS)

check: lint types contracts

lint: $(VENV)/installed-dev
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/python -m tools.house_rules

types: $(VENV)/installed-dev
	@$(BIN)/mypy

contracts: $(VENV)/installed-dev
	@$(BIN)/lint-imports

format: $(VENV)/installed-dev
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

# New versions of what we depend on; the locks carry the hash of every file.
lock: $(VENV)/installed-dev
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile pyproject.toml --group build --generate-hashes --universal --no-header -q -U -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group build --group dev --generate-hashes --universal --no-header -q -U -o requirements-dev.lock

prompts: $(VENV)/installed-dev
	@$(BIN)/python -m tools.render_prompts

# The staff's pages; Node comes with the wheel in .venv. `make desk-types` after the API changed.
desk: $(DESK)

desk-types: $(VENV)/installed ui/desk/node_modules/.installed
	@tools/desk types

$(DESK): ui/desk/node_modules/.installed $(shell find ui/desk/src ui/desk/public -type f) ui/desk/index.html ui/desk/vite.config.js
	@echo "Building the desk …"
	@tools/desk build

ui/desk/node_modules/.installed: $(VENV)/installed ui/desk/package.json ui/desk/package-lock.json
	@tools/desk install
	@touch $@

# Every screen, as the journeys see it, into docs/pictures.
pictures: $(VENV)/installed-dev $(DESK)
	@tools/pictures

clean:
	@rm -rf ui/desk/node_modules cardline/app/static/desk $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Cardline needs Python 3.11 or later")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/pip requirements.lock pyproject.toml
	@echo "Installing what Cardline needs into $(VENV) …"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
