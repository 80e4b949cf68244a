# make run    the app, from nothing: a virtual environment, the requirements, the address
# make test   everything CI runs: style, types, unit, page and browser tests, in 15 minutes
# make test-deep   what is slow; and what explores: ten times the examples of every property with
#              fresh seeds, a long random walk, a hundred random links in a browser, and small faults
#              put into five rooms to count how many their tests notice (goal: 90 %); a failure
#              prints how to replay it.  DEPTH, WALK, SEEN, FAULTS, SEED change them
# make test-torch   the tests of the PyTorch export, with torch's CPU build installed for them
# make bench  speed as ratios within one run; make pictures: the README's screenshots

VENV ?= .venv
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := $(VENV)/Scripts
else
PYTHON ?= python3
BIN := $(VENV)/bin
endif
PORT ?= 8501

.PHONY: run test test-deep test-torch bench pictures

run: $(VENV)/.installed
	@echo "lossviz opens at http://localhost:$(PORT)"
	$(BIN)/python -m streamlit run app.py --server.port=$(PORT)

test: $(VENV)/.test-tools
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-deep: $(VENV)/.test-tools
	$(BIN)/python -m pytest -n 2 --dist loadfile -m deep
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser \
		--ignore tests/ui/test_random_walk.py -k "not page"
	WALK=$${WALK:-10000} SEED=$${SEED:-$$(date +%s)} LIMIT=5 $(BIN)/python -m pytest -n 2 \
		tests/ui/test_random_walk.py
	SEEN=$${SEEN:-100} SEED=$${SEED:-$$(date +%s)} $(BIN)/python -m pytest -n 2 tests/browser/test_seen.py
	$(BIN)/python -m tests.mutations --sample $${FAULTS:-20} --seed $${SEED:-$$(date +%s)}

# the build without CUDA lies on PyTorch's own index, unless this machine has it at hand
test-torch: $(VENV)/.test-tools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0+cpu" || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[torch]" \
		--extra-index-url https://download.pytorch.org/whl/cpu
	$(BIN)/python -m pytest tests/landscapes/test_torch_models.py

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks

pictures: $(VENV)/.test-tools
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.pictures

$(VENV)/.installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test-tools: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@
