# make run: the demo register on http://127.0.0.1:$(PORT)/   make run EXAMPLE=1: with sixty questions of a busy month
# make test: the tests without the slow ones, on SQLite unless DATABASE_URL is set   make test-all: every test
# make screenshots: pictures of the main pages, of the example, in tests/screenshots/
# make lint, make check: what else CI asks   make test-newest: the tests on the newest Django and Python
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run test test-all test-newest lint check lock bench screenshots

run: $(VENV)/runtime
	@DEBUG=1 $(BIN)/python manage.py run_demo 127.0.0.1:$(PORT)$(if $(EXAMPLE), --example)

test: $(VENV)/development
	DEBUG=1 $(BIN)/python -m pytest -m "not slow"

test-all: $(VENV)/development
	DEBUG=1 $(BIN)/python -m pytest $(TESTS)

test-newest:
	.ci/newest

lint: $(VENV)/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/mypy

check: $(VENV)/development
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=register.example.org \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

# Takes its arguments so: make bench ARGS="--sizes 10000 100000 --engines postgresql"
bench: $(VENV)/runtime
	$(BIN)/python -m tests.benchmarks $(ARGS)

screenshots: $(VENV)/development
	$(BIN)/python -m tests.screenshots

# Needs uv. Resolves the short input lists for every platform and names no index.
lock:
	for list in requirements requirements-dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links $$list.in --output-file $$list.txt; \
	done

$(VENV)/runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements.txt
	touch $@

$(VENV)/development: $(VENV)/runtime requirements-dev.txt
	$(INSTALL) -r requirements-dev.txt
	touch $@
