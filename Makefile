# The front door. `make` builds, `make demo` shows the main job, `make test` runs all tests.
.DEFAULT_GOAL := build
.PHONY: build setup demo test test-unit test-tsan test-cloud test-faults fuzz bench lint format install package clean

PREFIX ?= /usr/local
PYTHON := build/python/bin/python
KEEP ?=
SECONDS ?= 60
TARGETS ?=

setup:
	@scripts/setup

# build/bin always shows the release build: the program and its links under all its names.
build: setup
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release
	@ln -sfn release/bin build/bin

demo: build
	@$(PYTHON) scripts/demo $(if $(KEEP),--keep)

test: test-unit test-cloud

# Unit and conformance tests, under the address and undefined-behaviour sanitizers.
test-unit: setup
	@cmake --preset asan --log-level=WARNING >/dev/null
	@cmake --build --preset asan
	@ctest --test-dir build/asan --output-on-failure --no-tests=error -j 2

# The session, the plan's executor and all that their threads share, under the thread sanitizer.
test-tsan: setup
	@cmake --preset tsan --log-level=WARNING >/dev/null
	@cmake --build --preset tsan --target asiaq_threads_tests
	@ctest --test-dir build/tsan --output-on-failure --no-tests=error -L threads

# The real program against the cloud in a box, read back with boto3.
test-cloud: build
	@$(PYTHON) -m pytest -q -n 2 --dist loadgroup tests/cloud tests/faults

# Every command under every fault, killed at every write (long); what was found goes into the docs.
test-faults: build
	@$(PYTHON) -m pytest -q tests/faults --every-write --reliability docs/reliability.md

# Arbitrary bytes for all that reads texts of others; SECONDS for each target (tests/fuzz).
fuzz: setup
	@cmake --preset fuzz --log-level=WARNING >/dev/null
	@cmake --build --preset fuzz --target $(if $(TARGETS),$(TARGETS:%=fuzz_%),asiaq_fuzz)
	@scripts/fuzz $(SECONDS) $(TARGETS)

bench: build
	@cmake --build --preset release --target asiaq_bench
	@$(PYTHON) bench/run.py

lint: setup
	@scripts/lint

format:
	@git ls-files '*.cpp' '*.h' | xargs clang-format -i

install: build
	@cmake --install build/release --prefix $(PREFIX)

package: build
	@cmake --build --preset release --target payload

clean:
	@rm -rf build
