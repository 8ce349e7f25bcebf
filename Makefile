# Everything a fresh Debian machine with Swift needs: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Debian packages that the build needs.
APT := libdnnl-dev libopenblas-serial-dev libsqlite3-dev zlib1g-dev
DESCENT := .build/release/descent
DEMO_SCHEDULE := warmup 5% -> cosine
DEMO_STEPS := 1500
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Benchmarks
DOCUMENTED := Descent $(addprefix Descent,Core Specs Schedules Optimizers Finder Curvature Diagnosis Studies Store Data \
  Autodiff Models Training Charts Reports)

.PHONY: help setup build demo test bench bench-finder bench-compare docs format lint clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## Install what is missing (Debian, Ubuntu; on macOS use brew install onednn)
	@if ! command -v swift >/dev/null; then \
	  echo "Swift 6.2 or newer is needed; see https://www.swift.org/install"; exit 1; fi
	@if command -v dpkg-query >/dev/null; then \
	  missing=""; \
	  for package in $(APT); do \
	    dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	  done; \
	  if [ -n "$$missing" ]; then \
	    echo "Installing$$missing"; \
	    if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq; \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	  fi; \
	fi

build: setup ## Build the command in release
	swift build -c release --product descent

demo: build ## Find a learning rate for the digits, then train with it
	@echo; echo "descent find --schedule '$(DEMO_SCHEDULE)' --horizon $(DEMO_STEPS)"; echo; \
	rate="$$($(DESCENT) find --schedule '$(DEMO_SCHEDULE)' --horizon $(DEMO_STEPS) --html .build/find.html)"; \
	echo; echo "descent train --lr $$rate --schedule '$(DEMO_SCHEDULE)' --steps $(DEMO_STEPS)"; echo; \
	$(DESCENT) train --lr "$$rate" --schedule '$(DEMO_SCHEDULE)' --steps $(DEMO_STEPS); \
	echo; echo "The find's report is in .build/find.html; see $(DESCENT) --help for more."

test: setup ## Build and run all tests
	swift build --build-tests
	swift test --skip-build

bench: build ## Time the named workloads
	$(DESCENT) bench

bench-finder: setup ## Score ways to find a learning rate (what is not in the committed tables yet)
	swift build -c release --product DescentFinderBench
	.build/release/DescentFinderBench score

bench-compare: setup ## Measure how well comparing chooses (what is not in the committed results yet)
	swift build -c release --product DescentCompareBench
	.build/release/DescentCompareBench oracle
	.build/release/DescentCompareBench repetitions
	.build/release/DescentCompareBench equal
	.build/release/DescentCompareBench table

docs: setup ## Build the documentation of the library and its modules
	swift package --disable-sandbox --allow-writing-to-directory .build generate-documentation \
	  --enable-experimental-combined-documentation $(addprefix --target ,$(DOCUMENTED)) \
	  --output-path .build/documentation --transform-for-static-hosting --warnings-as-errors
	@echo "Read it with: python3 -m http.server -d .build/documentation, at http://localhost:8000/documentation"

format: ## Format all sources
	swift format --in-place --recursive --configuration .swift-format $(wildcard $(SOURCES))

lint: ## Check the format of all sources
	swift format lint --strict --recursive --configuration .swift-format $(wildcard $(SOURCES))

clean: ## Remove what was built
	rm -rf .build
