# Every variable may be given as `make -e NAME=value target` or `make target NAME=value`; those that the proxy reads reach it.
NODE ?= node
PORT ?= 5000
# An empty PORT is an unset one.
REGISTRY ?= localhost:$(or $(PORT),5000)
TLS_CERTIFICATE ?= certs/registry.crt
TLS_PRIVATE_KEY ?= certs/registry.key
DOCKER_CERTS_DIR ?= /etc/docker/certs.d
# Further flags of `docker build` and `docker run`, such as '--network host' and '--detach --name registry'; host or another network for the container.
DOCKER_BUILD_OPTIONS ?=
DOCKER_RUN_OPTIONS ?=
DOCKER_NETWORK ?=
# Of `make soak`.
MINUTES ?= 5
RATE ?= 5
# Of `make chaos`: a foreign ECR API, from PyPI.
MOTO ?= 5.2.5
# Of `make fuzz`: runs of each property.
RUNS ?= 20000
# Of `make nightly`: minutes of its soak, and runs of each property.
NIGHTLY_MINUTES ?= 480
NIGHTLY_RUNS ?= 1000000
# The proxy's own variables reach it from here; what is not set stays unset.
export PORT REGISTRY TLS_CERTIFICATE TLS_PRIVATE_KEY DOCKER_RUN_OPTIONS DOCKER_NETWORK
# Of `make clients`.
export CLIENT LAYERS

BIN := node_modules/.bin
TESTS = $$(find dist/test -name '*.test.js' -not -path 'dist/test/clients/*' -not -path 'dist/test/browser/*' \
  -not -path 'dist/test/image/*' -not -path 'dist/test/manifests/*' | sort)
# A file on each core: Node's default keeps one core free, which of two is half.
TEST = $(NODE) --test --test-concurrency=$$($(NODE) --print 'os.availableParallelism()')
# Directories, too: they change when a file goes. `test/.` is one, and `test` a target. JSON is what bench and chaos write.
SOURCES := package.json tsconfig.json $(shell find src/. test/. bench/. -not -name '*.json')
# What the Dockerfile lets one give, and what of it was given, on the command line or by the environment.
IMAGE_SETTINGS = $(shell sed -n 's/^ARG \([A-Z_]*\).*/\1/p' Dockerfile | sort -u)
given = $(foreach name,$(1),$(if $(filter command environment,$(firstword $(origin $(name)))),$(name)))
COMMIT = $(shell git rev-parse HEAD 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help playtest test run doctor build check certs genSelfsigned trust dockerBuild dockerRun clients clientPrograms clientsTable imageTests browser manifests conformance coverage docs fuzz mutation nightly bench benchShort benchWorkers benchOverload soak chaos sbom clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-zA-Z]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

playtest: build certs ## try it: against ECR_REGISTRY, or without one against a simulated ECR
	@exec $(NODE) dist/test/playtest/main.js

test: check ## all tests that need nothing but Node
	$(TEST) $(TESTS)

# The flags of Node that it is measured with stand in package.json.
run: build ## run the proxy with the variables given
	@exec npm start --silent

doctor: build ## is the set-up right, with the variables given? REPOSITORY=NAME:TAG asks for a manifest, too
	@exec $(NODE) dist/src/main.js doctor $(if $(REPOSITORY),--repository '$(REPOSITORY)')

build: dist/.built ## compile to dist/

# Only when something changed: what runs from dist/ would lose its files. As old as its beginning: a source may change meanwhile.
dist/.built: node_modules/.package-lock.json $(SOURCES)
	@touch node_modules/.building && npm run --silent build && mv node_modules/.building $@

check: build ## types, lint, format
	$(BIN)/tsc -p src/debug/page
	$(BIN)/tsc -p test/browser/page
	$(BIN)/oxlint --type-aware --deny-warnings
	$(BIN)/biome check .

# A key that is text must get into no command line, and no path is to be made of it.
PEM_TEXT = $(findstring -----BEGIN,$(TLS_CERTIFICATE)$(TLS_PRIVATE_KEY))

certs: ## make a self-signed certificate for REGISTRY in certs/
	$(if $(PEM_TEXT),$(error TLS_CERTIFICATE or TLS_PRIVATE_KEY is PEM text; expected two paths here))@certs/generate.sh '$(REGISTRY)' '$(TLS_CERTIFICATE)' '$(TLS_PRIVATE_KEY)'

genSelfsigned: certs ## the same, by its name of old

# Docker looks under HOST:PORT, and under HOST alone when the port is 443.
trust: certs ## let the Docker on this machine trust the certificate (may need root)
	@directory='$(DOCKER_CERTS_DIR)/$(patsubst %:443,%,$(REGISTRY))' && mkdir -p "$$directory" && \
	  cp '$(TLS_CERTIFICATE)' "$$directory/ca.crt" && echo "copied the certificate to $$directory/ca.crt"

dockerBuild: ## build the image ecr_reverse_proxy; the variables given become its defaults, keys and credentials never do
	docker build --tag ecr_reverse_proxy $(addprefix --build-arg ,$(call given,$(IMAGE_SETTINGS))) \
	  --label org.opencontainers.image.version='$(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)' \
	  $(if $(COMMIT),--label org.opencontainers.image.revision=$(COMMIT)) $(DOCKER_BUILD_OPTIONS) .

# Which certificate it needs, and whether any, only the script knows: the image may have REGISTRY and TLS.
dockerRun: ## run it with the variables given, the certificate, and your AWS configuration
	@exec deploy/docker-run.sh $(call given,$(filter-out %_IMAGE,$(IMAGE_SETTINGS)))

imageTests: build ## build the image and push and pull through its container; needs docker, Node 24 and root
	$(NODE) --test --test-concurrency=1 $$(find dist/test/image -name '*.test.js' | sort)

# LAYERS=long takes the matrix through 2 GiB layers, and all else by every lane; CLIENT=crane through one row alone.
clients: build clientPrograms ## push and pull with real clients, each by all it can do: docs/clients.md
	$(NODE) --test --test-concurrency=1 $(if $(CLIENT),dist/test/clients/matrix/matrix.test.js,$$(find dist/test/clients -name '*.test.js' | sort))

# What one run has made stays in build/clients/ for the next.
clientPrograms: build ## make the clients that are no Debian packages: from Go modules (crane, helm ...) and PyPI
	$(NODE) dist/test/clients/matrix/build.js

clientsTable: build ## the table of docs/clients.md, from the last `make clients`
	$(NODE) dist/test/clients/matrix/write.js

browser: build ## the debug pages in a real browser, and profiles in go tool pprof; needs chromium and go
	$(NODE) --test --test-concurrency=1 $$(find dist/test/browser -name '*.test.js' | sort)

conformance: build ## the OCI conformance suite, directly and through the proxy; needs go and docker-registry
	$(NODE) dist/test/conformance/main.js

# Both bring all that they check with: nothing is asked of a cluster, or of the network.
MANIFEST_TOOLS := build/manifests
KUSTOMIZE_MODULE := sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
KUBERNETES_SCHEMAS := kubernetes-validate==1.37.0

manifests: build $(MANIFEST_TOOLS)/kustomize $(MANIFEST_TOOLS)/venv/bin/kubernetes-validate ## the Kubernetes manifests by kustomize and Kubernetes' own schemas; needs go and python3
	$(NODE) --test $$(find dist/test/manifests -name '*.test.js' | sort)

$(MANIFEST_TOOLS)/kustomize: | build
	$(NODE) dist/test/support/go-install.js $(MANIFEST_TOOLS) $(KUSTOMIZE_MODULE)

$(MANIFEST_TOOLS)/venv/bin/kubernetes-validate:
	python3 -m venv $(MANIFEST_TOOLS)/venv
	$(MANIFEST_TOOLS)/venv/bin/pip install --quiet --disable-pip-version-check $(KUBERNETES_SCHEMAS)

soak: build ## MINUTES of pulls, pushes, departures and faults, RATE a second: no leak, no failure (SEED repeats a run)
	$(NODE) dist/test/soak/main.js --minutes='$(MINUTES)' --rate='$(RATE)' $(if $(SEED),--seed='$(SEED)')

chaos: build build/moto/bin/moto_server ## every fault at every place, written to docs/reliability.md; SAMPLE=1 or ONLY=name: compared with it. Needs root
	$(NODE) dist/test/chaos/main.js $(if $(SAMPLE)$(ONLY),,--write) $(if $(SAMPLE),--sample) $(if $(ONLY),--only='$(ONLY)') $(if $(WRITE),--write) $(if $(ACCEPT),--accept)

build/moto/bin/moto_server:
	python3 -m venv build/moto
	build/moto/bin/python -m pip install --quiet 'moto[ecr,server]==$(MOTO)'

# `=` in each argument: a path or a name may begin with a dash.
fuzz: build ## RUNS of each property of what parses foreign bytes (SEED, AT, ONLY repeat one)
	$(NODE) dist/test/fuzz/main.js --runs='$(RUNS)' $(if $(SEED),--seed='$(SEED)') $(if $(AT),--at='$(AT)') $(if $(ONLY),--only='$(subst ','\'',$(ONLY))')

mutation: build ## mutants of the pure files (FILES: of those): tests must notice 85 % of them; takes about an hour
	$(NODE) dist/test/mutation/main.js $(FILES)

nightly: ## the long forms of everything; goes on after a failure, and sums up at the end (NIGHTLY_MINUTES of soak, NIGHTLY_RUNS)
	@test/nightly.sh '$(NIGHTLY_MINUTES)' '$(NIGHTLY_RUNS)'

# Thresholds need Node 24. Source maps by NODE_OPTIONS, so that child processes are mapped, too; both patterns, because
# Node filters before and after it maps.
coverage: build ## all tests again, measured: 95 % of src/, 100 % of the pure folders
	@mkdir -p coverage
	NODE_OPTIONS=--enable-source-maps $(TEST) --experimental-test-coverage \
	  --test-coverage-include='dist/src/**' --test-coverage-include='src/**' \
	  --test-reporter=spec --test-reporter-destination=stdout \
	  --test-reporter=lcov --test-reporter-destination=coverage/lcov.info $(TESTS)
	$(NODE) dist/test/coverage/check.js coverage/lcov.info

docs: build ## make the tables anew that follow from lists: docs/metrics.md, and of mutants in docs/testing.md
	$(NODE) dist/test/docs/write.js

bench: build ## measured beside nginx, Go and bare Node: a table, and bench/results.json; then benchOverload
	$(NODE) dist/bench/run.js --out bench/results.json
	$(NODE) dist/bench/overload.js

benchShort: build ## some minutes of the same; fails when a ratio to bare Node is off by a factor of two
	$(NODE) dist/bench/run.js --short

benchWorkers: build ## do two workers carry the manifest load of two? Needs the right to make a cgroup (root)
	$(NODE) dist/bench/workers.js

benchOverload: build ## under twice the load that saturates a core: is what is accepted served quickly, and all well 2 s later?
	$(NODE) dist/bench/overload.js

sbom: build ## list the packages of the image in build/sbom.cdx.json (CycloneDX)
	$(NODE) dist/test/release/write-sbom.js

clean: ## remove what was built, installed and made
	rm -rf dist build coverage node_modules certs/registry.crt certs/registry.key

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --include=dev
	@touch $@
