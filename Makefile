# Everything runs in .venv, which `make setup` builds from the locked requirements.
PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/.locked
export UV_PYTHON_DOWNLOADS := never
# What Python compiled is kept, also where the machine says otherwise: every command would compile all libraries again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test check bench test-bench test-postgres test-spark test-kill test-sdk test-stories test-dashboard test-connections test-browser lock clean

setup: $(STAMP)

$(STAMP): requirements/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip --quiet --disable-pip-version-check install "uv>=0.9"
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements/dev.lock
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

demo: setup
	$(BIN)/uptake demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run --settings uptake.config.settings

DASHBOARD := $(addprefix src/uptake/,pipeline/dashboard pipeline/leader pipeline/report web/adoption web/leader web/shared \
	api/tests/test_intelligence.py api/tests/test_reports.py)

CONNECTIONS := $(addprefix src/uptake/,signals sources/live sources/customer_lists customers/lists pipeline/lists pipeline/sync \
	pipeline/demo web/integrations pipeline/live pipeline/alerts web/signals actions/slack actions/webhook \
	api/tests/test_live.py kit/tests/test_http.py sources/pendo/tests/test_api.py sources/amplitude/tests/test_api.py \
	sources/mixpanel/tests/test_api.py)

test: setup
	$(BIN)/pytest -n 2 src $(addprefix --ignore ,$(DASHBOARD) $(CONNECTIONS)) tests/test_docs.py tests/test_permissions.py

# The dashboards and the report: each test works a whole page out.
test-dashboard: setup
	$(BIN)/pytest -n 2 $(DASHBOARD)

# What flows in by itself and what is noticed in it: real servers that answer late, and days of alerts.
test-connections: setup
	$(BIN)/pytest -n 2 $(CONNECTIONS)

# Whole commands, each a process of its own: samples, bad input, undo, two at once.
test-stories: setup
	$(BIN)/pytest -n 2 tests --ignore tests/browser --ignore tests/test_docs.py --ignore tests/test_permissions.py

# Imports killed at random moments; takes minutes.
test-kill: setup
	$(BIN)/pytest -m slow -n 2 --ignore tests/live

# Real SDKs send to a server that is killed and started in between; the one for Node needs npm.
test-sdk: setup build/node/.locked
	$(BIN)/pytest -m slow tests/live

build/node/.locked: tests/live/node/package.json tests/live/node/package-lock.json
	mkdir -p build/node
	cp tests/live/node/package.json tests/live/node/package-lock.json build/node/
	cd build/node && npm ci --ignore-scripts --no-audit --no-fund
	touch build/node/.locked

# Stories in the system's Chromium, which is installed where it is missing and that can be done; screenshots in build/.
test-browser: setup
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; }
	$(BIN)/pytest -m browser tests/browser

# The whole suite on a throw-away PostgreSQL, which will not run as root.
test-postgres: setup
	PYTEST="$(CURDIR)/$(BIN)/pytest" tests/with_postgres.sh src

# The same expressions on Apache Spark; needs Java 17. Its libraries are many, so they have a venv of their own.
test-spark: .venv-spark/.locked
	.venv-spark/bin/pytest -m spark

.venv-spark/.locked: requirements/spark.lock pyproject.toml $(STAMP)
	test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	VIRTUAL_ENV=$(CURDIR)/.venv-spark $(BIN)/uv pip sync --quiet --require-hashes requirements/spark.lock
	VIRTUAL_ENV=$(CURDIR)/.venv-spark $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch .venv-spark/.locked

bench: setup .venv-bench/.locked
	$(BIN)/python -m bench 1M 10M

# That the bench measures what it says: its own parts, and the rival against scores worked out by hand.
test-bench: setup .venv-bench/.locked
	$(BIN)/pytest bench --ignore bench/tests/test_rival.py
	.venv-bench/bin/python -m pytest --quiet --noconftest -c /dev/null --rootdir . -p no:cacheprovider bench/tests/test_rival.py

# Pandas, the rival, stands in a venv of its own: beside the product Arrow would load it at every start.
.venv-bench/.locked: requirements/bench.lock $(STAMP)
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	VIRTUAL_ENV=$(CURDIR)/.venv-bench $(BIN)/uv pip sync --quiet --require-hashes requirements/bench.lock
	touch .venv-bench/.locked

clean:
	rm -rf .venv .venv-spark .venv-bench build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

lock:
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements/base.lock
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml requirements/build.in -o requirements/dev.lock
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev --extra spark pyproject.toml requirements/build.in -o requirements/spark.lock
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/bench.in -o requirements/bench.lock
