# For users: `make demo` and `make test`. Both install what is missing first, so both want root.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
BINARY := $(CURDIR)/artifacts/bonddhcp
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: all demo test publish deb bench fuzz captures setup clean root
all: publish

demo: root
	@scripts/setup demo
	@$(MAKE) --no-print-directory publish
	@BONDDHCP=$(BINARY) scripts/demo

test: root
	@scripts/setup test
	@$(MAKE) --no-print-directory publish
	@BONDDHCP_BINARY=$(BINARY) scripts/test

# One NativeAOT file.
publish:
	@scripts/setup build
	@scripts/publish

# artifacts/bonddhcp_VERSION_ARCH.deb
deb:
	@scripts/setup deb
	@$(MAKE) --no-print-directory publish
	@scripts/deb

# Everything into docs/bench.md, or `make bench ONLY=start` for one table.
bench: root
	@scripts/setup bench
	@$(MAKE) --no-print-directory publish
	@dotnet publish tests/EmptyHost -c Release -o artifacts/emptyhost --nologo -v quiet
	@BONDDHCP_BINARY=$(BINARY) BONDDHCP_EMPTY_HOST=$(CURDIR)/artifacts/emptyhost/emptyhost dotnet run --project tests/BondDhcp.Bench -c Release -- $(ONLY)

# Other seeds in every round, until the time is over or something fails: make fuzz FUZZ_SECONDS=36000
fuzz:
	@scripts/setup build
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) scripts/fuzz

# pcaps/ made again from real servers.
captures: root
	@scripts/setup test
	@$(MAKE) --no-print-directory publish
	@BONDDHCP_BINARY=$(BINARY) scripts/capture

setup: root
	@scripts/setup bench

clean:
	rm -rf artifacts BenchmarkDotNet.Artifacts src/*/bin src/*/obj tests/*/bin tests/*/obj

root:
	@[ "$$(id -u)" = 0 ] || { echo "make $(firstword $(MAKECMDGOALS)): run as root: it makes network namespaces and installs what is missing" >&2; exit 1; }
