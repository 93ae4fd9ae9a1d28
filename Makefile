# Every variable may be given as `make -e NAME=value target` or `make target NAME=value`; those that the proxy reads reach it.
NODE ?= node
PORT ?= 5000
REGISTRY ?= localhost:$(PORT)
TLS_CERTIFICATE ?= certs/registry.crt
TLS_PRIVATE_KEY ?= certs/registry.key
DOCKER_CERTS_DIR ?= /etc/docker/certs.d
# Of `make soak`.
MINUTES ?= 5
RATE ?= 5
# The proxy's own variables reach it from here; what is not set stays unset.
export PORT REGISTRY TLS_CERTIFICATE TLS_PRIVATE_KEY

BIN := node_modules/.bin
TESTS = $$(find dist/test -name '*.test.js' -not -path 'dist/test/clients/*' -not -path 'dist/test/browser/*' | sort)

.DEFAULT_GOAL := help
.PHONY: help playtest test run build check certs genSelfsigned trust clients browser conformance coverage docs bench benchShort benchWorkers benchOverload soak clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-zA-Z]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

playtest: build certs ## try it: against ECR_REGISTRY, or without one against a simulated ECR
	@exec $(NODE) dist/test/playtest/main.js

test: check ## all tests that need nothing but Node
	$(NODE) --test $(TESTS)

# The flags of Node that it is measured with stand in package.json.
run: build ## run the proxy with the variables given
	@exec npm start --silent

build: node_modules/.package-lock.json ## compile to dist/
	@rm -rf dist
	$(BIN)/tsc
	@cp -R src/debug/page dist/src/debug/page

check: build ## types, lint, format
	$(BIN)/tsc -p src/debug/page
	$(BIN)/tsc -p test/browser/page
	$(BIN)/oxlint --type-aware --deny-warnings
	$(BIN)/biome check .

certs: ## make a self-signed certificate for REGISTRY in certs/
	@certs/generate.sh '$(REGISTRY)' '$(TLS_CERTIFICATE)' '$(TLS_PRIVATE_KEY)'

genSelfsigned: certs ## the same, by its name of old

# Docker looks under HOST:PORT, and under HOST alone when the port is 443.
trust: certs ## let the Docker on this machine trust the certificate (may need root)
	@directory='$(DOCKER_CERTS_DIR)/$(patsubst %:443,%,$(REGISTRY))' && mkdir -p "$$directory" && \
	  cp '$(TLS_CERTIFICATE)' "$$directory/ca.crt" && echo "copied the certificate to $$directory/ca.crt"

clients: build ## push and pull with real clients: docker, containerd, podman, buildah, skopeo
	$(NODE) --test --test-concurrency=1 $$(find dist/test/clients -name '*.test.js' | sort)

browser: build ## the debug pages in a real browser, and profiles in go tool pprof; needs chromium and go
	$(NODE) --test --test-concurrency=1 $$(find dist/test/browser -name '*.test.js' | sort)

conformance: build ## the OCI conformance suite, directly and through the proxy; needs go and docker-registry
	$(NODE) dist/test/conformance/main.js

soak: build ## MINUTES of pulls, pushes, departures and faults, RATE a second: no leak, no failure (SEED repeats a run)
	$(NODE) dist/test/soak/main.js --minutes='$(MINUTES)' --rate='$(RATE)' $(if $(SEED),--seed='$(SEED)')

# Thresholds need Node 24. Source maps by NODE_OPTIONS, so that child processes are mapped, too; both patterns, because
# Node filters before and after it maps.
coverage: build ## all tests again, measured: 95 % of src/, 100 % of the pure folders
	@mkdir -p coverage
	NODE_OPTIONS=--enable-source-maps $(NODE) --test --experimental-test-coverage \
	  --test-coverage-include='dist/src/**' --test-coverage-include='src/**' \
	  --test-reporter=spec --test-reporter-destination=stdout \
	  --test-reporter=lcov --test-reporter-destination=coverage/lcov.info $(TESTS)
	$(NODE) dist/test/coverage/check.js coverage/lcov.info

docs: build ## make the tables of docs/metrics.md anew from the list of metrics
	$(NODE) dist/test/docs/write.js

bench: build ## measured beside nginx, Go and bare Node: a table, and bench/results.json; then benchOverload
	$(NODE) dist/bench/run.js --out bench/results.json
	$(NODE) dist/bench/overload.js

benchShort: build ## a minute of the same; fails when a ratio is off by a factor of two
	$(NODE) dist/bench/run.js --short

benchWorkers: build ## do two workers carry the manifest load of two? Needs the right to make a cgroup (root)
	$(NODE) dist/bench/workers.js

benchOverload: build ## under twice the load that saturates a core: is what is accepted served quickly, and all well 2 s later?
	$(NODE) dist/bench/overload.js

clean: ## remove what was built, installed and made
	rm -rf dist build coverage node_modules certs/registry.crt certs/registry.key

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --include=dev
	@touch $@
