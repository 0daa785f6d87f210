# Every command sets up what it needs first; run `make` to see the list.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run dev build test lint fmt planted e2e faults bench autobahn screenshots setup setup-build

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build what changed and serve at http://127.0.0.1:3000 (data in ./data)
	@scripts/run.sh

dev: setup-build ## The same while you edit: rebuild and reload on every change
	@scripts/dev.sh

build: setup-build ## One self-contained executable: target/release/hubbub
	@scripts/build.sh release

test: setup ## Everything: formatting, lints, unit, integration and browser tests
	@scripts/test.sh

lint: setup ## Formatting and lints only
	@scripts/test.sh lint

planted: setup ## Makes known mistakes one by one: the tests must catch each
	@scripts/planted.sh

fmt: setup ## Format the Rust code and the browser tests
	@scripts/fmt.sh

e2e: setup build ## The browser tests against the release build (ARGS="--project phone" and so on)
	@scripts/e2e.sh release $(ARGS)

faults: build ## Break things for three quarters of an hour: docs/FAULTS.md (ARGS="kills" for one scenario)
	@scripts/faults.sh $(ARGS)

bench: setup build ## What it costs, beside the least that it could: docs/PERFORMANCE.md (ARGS="pages start")
	@scripts/bench.sh $(ARGS)

autobahn: setup build ## Our WebSockets against the test suite of Autobahn (needs Python 2.7)
	@scripts/autobahn.sh

screenshots: setup build ## Pictures of the main states into target/screenshots
	@scripts/screenshots.sh $(ARGS)

setup: ## Install what building and testing need (done by the others when needed)
	@scripts/setup.sh all

setup-build:
	@scripts/setup.sh build
