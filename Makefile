# Everything runs in .venv, made on demand. Wants Python 3.11 or later: make PYTHON=python3.12 test
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
SOURCES := midlpy samples tests benchmarks

.PHONY: demo test lint bench tables clean

demo: .venv/ready
	$(BIN)/midlpy demo

test: .venv/ready-test
	$(BIN)/pytest -n auto

lint: .venv/ready-lint
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/black --check --quiet $(SOURCES)
	$(BIN)/mypy midlpy
	$(BIN)/pyright midlpy
	$(BIN)/python -m tests.support.samples --lint

bench: .venv/ready-bench
	$(BIN)/python -m benchmarks

# After a change of a grammar: the parser tables are kept as text beside it.
tables: .venv/ready
	$(BIN)/python -m midlpy.frontend.parse

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis out

# Each stamp installs what its goals need, and again when the requirements change.
.venv/ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "midlpy wants Python 3.11 or later; say which: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/ready-%: .venv/ready
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@
