# make report: set up what is missing, then make the sample report.   make test: all checks.   make test-long: the campaigns.
.PHONY: report test test-long bench lock clean

PYTHON ?= python3
BIN := .venv/bin

report: .venv/ready
	$(BIN)/segreport run sample_data/customers.csv

test: .venv/ready
	bash tools/need_postgresql
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 -m "not long"

test-long: .venv/ready
	$(BIN)/pytest -m long

.venv/ready: requirements.lock setup.cfg tools/setup tools/need.sh
	bash tools/setup $(PYTHON)
	touch .venv/ready

lock:
	uv pip compile setup.cfg requirements-dev.in --extra postgresql --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf .venv build *.egg-info

INPUT ?= sample_data/customers.csv
bench: .venv/ready
	[ -d .venv-bench ] || ($(PYTHON) -m venv .venv-bench && .venv-bench/bin/pip install -q nbconvert ipykernel pandas scikit-learn matplotlib pypandoc-binary typst)
	$(BIN)/python benchmarks/cold_run.py $(INPUT)
