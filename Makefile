# The commands of the project. `make` alone lists them.

# Passed to every swift build and test of the root package. Changing it rebuilds everything, so
# building and testing must see the same value.
SWIFT_BUILD_FLAGS ?=

# Swift draws one progress line on a terminal; anywhere else it would print a line for each file.
QUIET := $(if $(MAKE_TERMOUT),,--quiet)

# What swift-format reads: the folders that exist.
SWIFT_PATHS := $(wildcard Package.swift Sources Tests Examples Benchmarks)
SHELL_SCRIPTS := $(wildcard scripts/*.sh .ci/run)

.DEFAULT_GOAL := help
.PHONY: help deps build build-programs build-bench build-debug test demo chaos chaos-smoke check-examples check-clients rewrite-scenarios mutate-scenarios mutate-simulation mutate-http mutants \
	fuzz bench bench-smoke bench-allocation check-instructions allocator-laws simulate simulate-smoke simulation-coverage \
	docs lint format generate check-generated clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install the system packages that are missing (apt)
	@scripts/install-dependencies.sh

build: build-programs build-bench ## Build everything, optimised: .build/release/

# The supervisor comes last: the static one replaces its slower twin, which swift build links.
build-programs: deps
	swift build -c release $(QUIET) $(SWIFT_BUILD_FLAGS)
	scripts/build-supervisor.sh

# The agents that meseta-bench runs look for the supervisor beside it.
build-bench: deps
	swift build -c release $(QUIET) --package-path Benchmarks --product meseta-bench
	swift build -c release $(QUIET) --package-path Benchmarks --product allocator-operations
	swift build -c release $(QUIET) --package-path Benchmarks --product allocator-laws
	scripts/build-supervisor.sh Benchmarks/.build/release/meseta-supervisor
	scripts/build-simulation-throughput.sh $(QUIET)

# Tests that start servers and agents: apart, so that those that go by short times have the processors.
PROCESS_TESTS := 'MesetaStorageTests|FailoverStoryTests|AgentRestartTests|RegistryStoryTests|WorkDirectoryTests'

test: deps ## Build and run all tests
	swift build --build-tests $(QUIET) $(SWIFT_BUILD_FLAGS)
	swift test --skip-build --quiet --disable-xctest $(SWIFT_BUILD_FLAGS) --skip $(PROCESS_TESTS)
	swift test --skip-build --quiet --disable-xctest $(SWIFT_BUILD_FLAGS) --filter $(PROCESS_TESTS)

demo: build-programs ## Run the main job: 1,000 real tasks on three agents, one of which is killed
	scripts/demo.sh

chaos: build-programs ## Kill the parts of a real cluster at random for two minutes, and see that nothing is lost
	scripts/chaos.py

chaos-smoke: build-debug ## The same for a quarter of a minute, as it was built for the tests
	scripts/chaos.py --binaries .build/debug --seconds 15 --tasks 150

check-clients: build-debug ## Run frameworks of Mesos, from PyPI, against a master and an agent
	scripts/check-clients.sh

build-debug: deps
	swift build $(QUIET) $(SWIFT_BUILD_FLAGS)

check-examples: test ## Run the demo, the examples and the command line, small, as they were built for the tests
	scripts/check-examples.sh

rewrite-scenarios: deps ## Play the golden scenarios and write down what comes about, for review
	MESETA_REWRITE_SCENARIOS=1 swift test --filter ScenarioTests $(SWIFT_BUILD_FLAGS)

mutate-scenarios: deps ## Plant faults and see that the golden scenarios notice each (some minutes)
	scripts/mutate-scenarios.py

mutate-simulation: deps ## Plant faults and see that the simulation's checkers notice each (some minutes)
	scripts/mutate-simulation.py

mutate-http: deps ## Plant faults and see that the tests of the HTTP interface notice each (half an hour)
	scripts/mutate-http.py

mutants: deps ## Change the master, agent and allocator at random and see that the tests notice (half an hour)
	scripts/mutants.py

fuzz: deps ## Look for bytes that break the decoders, for a minute, guided by what code they reach
	scripts/fuzz-wire.sh

bench: build-bench ## Measure everything and print one table (Benchmarks/README.md)
	Benchmarks/.build/release/meseta-bench all

bench-smoke: build-bench ## Run every benchmark, too short to measure, to see that it works
	Benchmarks/.build/release/meseta-bench all --smoke

bench-allocation: build-bench ## Measure the allocator on clusters of several sizes, beside Mesos
	Benchmarks/.build/release/meseta-bench allocation-table

check-instructions: build-bench ## Check that the allocator's hot paths take no more instructions than they may
	scripts/check-instructions.sh

allocator-laws: build-bench ## Try the allocator's laws on 10,000 random sequences of events
	Benchmarks/.build/release/allocator-laws

# What simulates is optimised, or it would take ten times as long.
SIMULATE := swift build -c release $(QUIET) $(SWIFT_BUILD_FLAGS) --product meseta && .build/release/meseta simulate

simulate: deps ## Simulate 3,000 clusters in which everything fails; every marked branch has to be reached
	$(SIMULATE) --seeds 1..3000 --require-marks

simulate-smoke: deps ## The same with 300 clusters, whichever branches they reach
	$(SIMULATE) --seeds 1..300

simulation-coverage: deps ## Measure which lines of master and agent the simulation reaches
	scripts/simulation-coverage.sh

docs: deps ## Build the documentation of the libraries: .build/documentation/
	scripts/build-documentation.sh

lint: ## Check formatting, shell scripts and the list of faults that the scenarios have to notice
	swift format lint --strict --parallel --recursive $(SWIFT_PATHS)
	@for script in $(SHELL_SCRIPTS); do bash -n $$script || exit 1; done
	@if command -v shellcheck >/dev/null; then shellcheck $(SHELL_SCRIPTS); fi
	scripts/mutate-scenarios.py --check
	scripts/mutate-simulation.py --check
	scripts/mutate-http.py --check

format: ## Format the Swift code in place
	swift format --in-place --parallel --recursive $(SWIFT_PATHS)

generate: deps ## Generate the wire code from its .proto files
	scripts/generate-wire.sh

check-generated: deps ## Check that the generated wire code is up to date
	scripts/generate-wire.sh --check

clean: ## Remove everything that was built
	rm -rf .build Benchmarks/.build
