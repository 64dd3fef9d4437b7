# Thin: each line calls a tool. Needs Python 3.11 and nothing else; `make run` and `make test` fetch the rest.

PYTHON := .venv/bin/python

# Compiled once, everything starts twice as fast.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-web rehearse lint build bench clean reset lock

run: build
	@exec $(PYTHON) -m dev.run

test:
	@python3 dev/bootstrap.py --tests
	@npm --prefix miniprogram test
	@npm --prefix miniprogram run check:h5
	@npm --prefix miniprogram run check:mp-weixin
	@$(PYTHON) -m pytest -n 2 --dist loadgroup

# Only the journeys in a real browser.
test-web:
	@python3 dev/bootstrap.py --tests
	@$(PYTHON) -m pytest -n 2 --dist loadgroup tests/journeys_web

# The image's own steps after those that fetch packages, without Docker; as root on Linux.
rehearse: build
	@$(PYTHON) -m dev.image_rehearsal --last-stage

lint: build
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@npm --prefix miniprogram run lint
	@npm --prefix miniprogram run typecheck

build:
	@python3 dev/bootstrap.py

bench: build
	@$(PYTHON) -m bench

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache miniprogram/dist
	@find . -name __pycache__ -not -path './.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +
	@rm -rf assets/node_modules miniprogram/node_modules server/static/vendor
	@test -L .venv || rm -rf .venv

reset: build
	@$(PYTHON) -m dev.reset

lock: build
	@.venv/bin/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	@.venv/bin/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt
