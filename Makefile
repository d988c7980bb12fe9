# Everything a person types. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/ready
SCANNERS := $(VENV)/scanners/ready
MINISTACK := $(VENV)/ministack/ready
BENCH := $(VENV)/bench/ready
DAILY := tests/unit tests/flow
PAGE_PICTURES := docs/sandbox.png docs/sandbox-lead.gif docs/sandbox-way.png docs/sandbox-form.png docs/sandbox-dark.png docs/sandbox-phone.png
# One worker more than there are cores: tests/conftest.py.
ON_EVERY_CORE := -n auto --dist worksteal
PIN := --quiet --generate-hashes --no-strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox trace bench test test-all check faults clicks mutants soak fuzz timeline format golden picture pins scanners clean

help: ## Say what there is.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## Make .venv with what the commands need; then: . .venv/bin/activate

# By the environment and not by the shell's text, so that a file may have any name; `value` keeps its dollar signs.
demo: export DEMO_LEAD := $(value LEAD)
demo: export DEMO_ANSWER := $(value ANSWER)
demo: export DEMO_PAGE := $(value PAGE)
demo: export DEMO_EVENT := $(value EVENT)
demo: $(READY) ## The whole system on this machine, no accounts. LEAD=name plays one lead, ANSWER=file an answer of yours; EVENT=1, PAGE=file.
	@$(RUN) -m sandbox demo

sandbox: export SANDBOX_PORT := $(or $(value PORT),8750)
sandbox: $(READY) ## The whole system in a browser, until Ctrl-C, no accounts: Zoho, Slack and the way between. PORT=8750
	@$(RUN) -m sandbox serve

trace: $(READY) ## The way of one lead through the code: which files run, in which order.
	@$(RUN) -m bench.trace

bench: export PARTS := $(value PARTS)
bench: $(READY) $(BENCH) ## Measure leadmatch against the alternatives and write docs/performance.md: 16 minutes on an idle machine. PARTS="warm cold" measures these.
	@$(RUN) -m bench $$PARTS

# One file or one test starts sooner without workers.
test: export TEST_PATH := $(value T)
test: $(READY) $(if $(filter ministack,$(AWS)),$(MINISTACK)) ## The tests of a working day. T=path runs one file, one folder or one test (path::name); AWS=ministack the flow tests with another AWS.
ifeq ($(AWS),ministack)
	@$(RUN) -m pytest $(ON_EVERY_CORE) --aws ministack "$${TEST_PATH:-tests/flow}"
else ifdef AWS
	$(error AWS=$(AWS) is not known; AWS=ministack is, and without it moto answers)
else ifdef T
	@if [ -d "$$TEST_PATH" ]; then $(RUN) -m pytest $(ON_EVERY_CORE) "$$TEST_PATH"; else $(RUN) -m pytest "$$TEST_PATH"; fi
else
	@$(RUN) -m pytest $(ON_EVERY_CORE) $(DAILY)
endif

test-all: $(READY) $(SCANNERS) ## Every test: deployments, faults, scanners and a browser too.
	@$(RUN) -m pytest $(ON_EVERY_CORE)

faults: $(READY) ## Every fault at every I/O call, and pairs of crashes, as tables in build/fault-matrix.md. PAIRS=no leaves the pairs out.
	@$(RUN) -m tests.faults.model
	@$(RUN) -m tests.faults $(if $(filter no,$(PAIRS)),--no-pairs)

clicks: $(READY) ## Every fault on the way of a click on Convert: every interleaving, every I/O call, two people a hundred times. Hours.
	@$(RUN) -m tests.faults.click_model
	@$(RUN) -m tests.faults --clicks --to build/click-matrix.md
	@$(RUN) -m tests.faults.two_people 100

mutants: export MUTANTS := $(value M)
mutants: $(READY) ## Break the code on purpose, one mutation at a time; print which no test notices. M=word runs those about it.
	@$(RUN) -m tests.mutants

check: $(READY) ## What to run before a commit: format, lint, types, the tests of a working day, coverage.
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(RUN) -m pytest $(ON_EVERY_CORE) --cov --cov-report=term --cov-fail-under=90 $(DAILY)

soak: $(READY) ## Deliveries with faults in virtual time: N=100000 of them, SECONDS=3600 at most.
	@$(RUN) -m tests.faults.soak $(or $(N),100000) --seconds $(or $(SECONDS),3600)

fuzz: $(VENV)/fuzz/ready ## Fuzz the parsers of the webhook's calls, guided by coverage, for SECONDS=60.
	@$(VENV)/fuzz/bin/python -m tests.faults.fuzz --seconds $(or $(SECONDS),60)

timeline: $(READY) ## What becomes of leads in an hour without Zoho, Slack or DynamoDB, and how long one fault holds a channel.
	@$(RUN) -m tests.faults.timeline
	@$(RUN) -m tests.faults.waits

format: $(READY) ## Format the code and mend what the linter can.
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

golden: $(READY) ## Rewrite the golden Slack messages, docs/events, the event's schema and the counts of docs/stand-ins.md; read the diff.
	@$(RUN) -m tests.golden.rewrite

picture: $(READY) ## Take the docs' pictures anew, with Chromium and the fonts that CONTRIBUTING.md names.
	@$(RUN) -m sandbox picture docs/message.png docs/acting-form.png docs/acting-message.png \
		docs/messages-1280-light.png docs/messages-1280-dark.png docs/messages-390-light.png docs/messages-390-dark.png \
		$(PAGE_PICTURES)

pins: $(READY) ## Pin every dependency anew from the five requirements*.in.
	@CUSTOM_COMPILE_COMMAND='make pins' $(RUN) -m piptools compile $(PIN) -o requirements.txt requirements.in
	@CUSTOM_COMPILE_COMMAND='make pins' $(RUN) -m piptools compile $(PIN) -o requirements-dev.txt requirements-dev.in
	@CUSTOM_COMPILE_COMMAND='make pins' $(RUN) -m piptools compile $(PIN) -o requirements-scanners.txt requirements-scanners.in
	@CUSTOM_COMPILE_COMMAND='make pins' $(RUN) -m piptools compile $(PIN) -o requirements-ministack.txt requirements-ministack.in
	@CUSTOM_COMPILE_COMMAND='make pins' $(RUN) -m piptools compile $(PIN) -o requirements-bench.txt requirements-bench.in
	@sed -i '1i # What ships to Lambda. Not chalice, not boto3: Lambda has boto3, and Chalice packs its own small runtime.' requirements.txt

scanners: $(SCANNERS) ## Set up the scanners of template, policies and code, which test-all does by itself.

clean: ## Remove what make made.
	rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis

$(READY): requirements.txt requirements-dev.txt sandbox/setup.sh
	@PYTHON='$(PYTHON)' VENV='$(VENV)' sh sandbox/setup.sh
	@touch $@

$(SCANNERS): $(READY) requirements-scanners.txt sandbox/scanners.sh
	@VENV='$(VENV)' sh sandbox/scanners.sh
	@touch $@

$(MINISTACK): $(READY) requirements-ministack.txt
	@echo "Setting up $(VENV)/ministack, once: 90 MB."
	@$(PYTHON) -m venv --clear $(VENV)/ministack
	@$(VENV)/ministack/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-ministack.txt
	@touch $@

$(BENCH): $(READY) requirements-bench.txt
	@echo "Setting up $(VENV)/bench, once: 250 MB."
	@$(PYTHON) -m venv --clear $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-bench.txt
	@touch $@

$(VENV)/fuzz/ready: requirements.txt
	@echo "Setting up $(VENV)/fuzz, once."
	@$(PYTHON) -m venv --clear $(VENV)/fuzz
	@$(VENV)/fuzz/bin/python -m pip --quiet --disable-pip-version-check install -r requirements.txt
	@$(VENV)/fuzz/bin/python -m pip --quiet --disable-pip-version-check install atheris==3.0.0
	@touch $@
