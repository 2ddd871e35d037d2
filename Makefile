.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin/
SANQIAO := $(BIN)sanqiao
RUN := $(BIN)python -m
NEEDS := import sys; sys.version_info >= (3, 11) and print(sys.executable)
PYTHON ?= $(firstword $(foreach name,python3.11 python3,$(shell $(name) -c '$(NEEDS)' 2>/dev/null)))
COMPILE = CUSTOM_COMPILE_COMMAND="make locks" $(BIN)pip-compile --quiet --generate-hashes \
	--allow-unsafe --strip-extras --build-deps-for editable \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .stamp/python .stamp/assets .stamp/messages ## What is needed to run

demo: setup ## Reference city, report, table, workbench on 127.0.0.1:8000 (SERVE=0: do not serve)
	@$(SANQIAO) demo $(if $(filter 0,$(SERVE)),--no-serve)

run: setup ## The workbench without demo data
	@$(SANQIAO) db start
	@$(SANQIAO) manage migrate --verbosity 0
	@$(SANQIAO) serve --worker

check: lint types imports migrations translations ## All but the tests: seconds

test: .stamp/dev setup check ## All that must pass; installs chromium and a font when missing
	@tools/browser.sh
	$(RUN) pytest -q -n 2 --dist loadfile; status=$$?; \
		SANQIAO_TEST=1 $(SANQIAO) db stop; exit $$status
	$(RUN) tools.plain_postgres $(RUN) pytest -q -n 2 --dist loadfile -m "not browser and not no_db" tests/kernel tests/registers tests/figures tests/work tests/reports tests/faults

bench: .stamp/dev setup ## City scale: our times beside the floors
	$(RUN) bench

lint: .stamp/dev ## Format and lint, changing nothing
	$(BIN)ruff format --check .
	$(BIN)ruff check .

fix: .stamp/dev ## Let the tools change what they can
	$(BIN)ruff check --fix .
	$(BIN)ruff format .

types: .stamp/dev ## mypy, strict
	$(BIN)mypy src tests tools bench

imports: .stamp/dev ## Does data still flow one way?
	$(BIN)lint-imports

migrations: .stamp/dev ## No change of a model without its migration
	SANQIAO_TEST=1 $(SANQIAO) manage makemigrations --check --dry-run

messages: .stamp/dev ## Collect the texts to translate, and compile
	$(RUN) tools.messages

translations: .stamp/dev
	$(RUN) tools.messages --check

docs: .stamp/dev ## Write docs/figures.md from the catalogue
	$(SANQIAO) manage figures_doc

shots: .stamp/dev setup ## Screenshots for the two READMEs
	@tools/browser.sh
	$(RUN) tools.shots

locks: .stamp/dev ## Lock the newest allowed versions: Python with hashes, npm without addresses
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	npm update --package-lock-only && $(RUN) tools.npm_lock

bundle: setup ## An archive for a machine without a network, in out/
	deploy/bundle.sh

clean: ## Remove all that make built; var (your data) and out stay
	-@test -x $(SANQIAO) && SANQIAO_TEST=1 $(SANQIAO) db stop
	rm -rf .stamp .venv node_modules src/sanqiao/web/vendor var/pg-test
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (make PYTHON=/path/to/it)"; exit 1; }
	$(PYTHON) -m venv .venv

.stamp/python: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)pip install --require-hashes -r requirements.lock
	$(BIN)pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@mkdir -p .stamp && touch $@

.stamp/dev: .stamp/python requirements-dev.lock
	$(BIN)pip install --require-hashes -r requirements-dev.lock
	@touch $@

.stamp/assets: package-lock.json .npmrc tools/vendor.py .venv/bin/python
	@command -v npm >/dev/null || { echo "Node 20 with npm is needed"; exit 1; }
	npm ci --silent
	$(RUN) tools.vendor
	@mkdir -p .stamp && touch $@

.stamp/messages: .stamp/python $(wildcard src/sanqiao/locale/*/LC_MESSAGES/*.po)
	$(RUN) tools.messages --compile
	@touch $@

.PHONY: help setup demo run check test bench lint fix types imports migrations messages
.PHONY: translations docs shots locks bundle clean
