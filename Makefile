# make test       everything: lint, unit tests with -race, end-to-end scripts, and the real parts (Ollama, weights)
# make test-fast  what needs no installation: no lint tools, no model server
# make test-data  whole public corpora, where RAGNER_DATA names a folder of them
# make fuzz       every fuzz target, FUZZTIME each (default 10m), FUZZJOBS at once (1)
# make torture    the long tests of what survives: kill -9, failing calls, damage, random operations (hours)
# make bench      the benchmarks of BENCHMARKS.md
SHELL := /bin/bash
GO ?= go
FUZZTIME ?= 10m
# A folder of public corpora for the tests of whole corpora; they are left out, with a word, where there is none.
RAGNER_DATA ?= $(abspath $(wildcard ../shared/data))
PARTS := scripts/parts.sh

.PHONY: torture build test test-fast test-data test-parts lint parts fuzz bench clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o ragner ./cmd/ragner

parts:
	$(PARTS) lint
	$(PARTS) ollama
	$(PARTS) weights smollm2
	$(PARTS) weights qwen0.5b

lint:
	scripts/lint.sh

test: parts lint test-race test-data test-parts

# Programs that tests start are race-built too; by default each would sleep for a second at its end.
.PHONY: test-race
test-race: export GORACE = atexit_sleep_ms=0
test-race:
	$(GO) test -race -timeout 20m ./...

# The real parts: the built binary against a real Ollama with real weights. Missing parts fail, they never skip.
test-parts:
	RAGNER_REQUIRE_PARTS=1 $(GO) test -tags parts -timeout 25m -count=1 -p 1 -run 'Real|Parts' ./internal/testkit/... ./internal/llm/... ./cmd/...

test-data:
ifeq ($(RAGNER_DATA),)
	@echo "left out: the tests on whole public corpora (RAGNER_DATA names no folder)"
else
	RAGNER_DATA=$(RAGNER_DATA) $(GO) test -tags data -timeout 10m -run 'Public' .
endif

test-fast:
	$(GO) test -timeout 10m ./...
	@echo "left out: lint, -race, and the tests with a real Ollama and real weights (make test runs them)"

fuzz:
	scripts/fuzz.sh $(FUZZTIME)

torture:
	scripts/torture.sh

bench:
	scripts/bench.sh

clean:
	rm -f ragner
