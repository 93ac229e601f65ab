# The two commands of the README, and little else. Each does its own set-up; the presets do the work.
.PHONY: help run gallery test peers exhaustive fuzz arm lint format clean
help:
	@echo "make run         compare activations and losses on real handwritten digits; writes report.html"
	@echo "make gallery     a page for every function and an index of all, in build/gallery"
	@echo "make test        all tests of the release build"
	@echo "make peers       the Python package beside PyTorch 2.13.0 and JAX, after make test"
	@echo "make exhaustive  every activation at all 2^32 floats, some minutes for each; writes docs/accuracy.md"
	@echo "make fuzz        a minute of fuzzing for each reader of files"
	@echo "make arm         the library built for Arm and its tests under an emulator: the bits are those of x86"
	@echo "make lint        is every C++ file in the house's format?"
	@echo "make format      bring every C++ file into the house's format"
	@echo "make clean       remove build/"

SETUP = cmake/require-packages $$(cat cmake/packages.txt)
CONFIGURE = cmake --preset release --log-level=WARNING $(CMAKE_FLAGS)
CPP_FILES = git ls-files --cached --others --exclude-standard '*.h' '*.cc'

run:
	@$(SETUP)
	@$(CONFIGURE)
	@cmake --build --preset release --target lossact_program
	build/release/lossact compare digits --report report.html

gallery:
	@$(SETUP)
	@$(CONFIGURE)
	@cmake --build --preset release --target lossact_program
	build/release/lossact gallery build/gallery

# The Python package is built and tested in an environment of its own, beside the rest.
VENV = $(CURDIR)/build/venv
test:
	@$(SETUP) $$(cat cmake/packages-test.txt)
	@cmake/python-environment $(VENV) tests/python/requirements.txt
	@$(CONFIGURE) -DLOSSACT_BUILD_PYTHON=ON -DPython_EXECUTABLE=$(VENV)/bin/python
	@cmake --build --preset release
	ctest --preset release

# The Python package that `make test` built beside PyTorch and JAX, in an environment that has them: every test that
# leaves something out without them.
PEERS = $(CURDIR)/build/venv-peers
peers:
	@ls build/release/python/lossact/_core.*.so >/dev/null 2>&1 || { echo "make peers: run make test first" >&2; exit 1; }
	@cmake/python-environment $(PEERS) tests/python/requirements.txt tests/python/requirements-peers.txt
	@$(PEERS)/bin/python -c 'import jax, torch'
	PYTHONPATH=$(CURDIR)/build/release/python PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=build/hypothesis \
	  $(PEERS)/bin/python -m pytest -q -rs -n 2 -p no:cacheprovider \
	  $$(grep -lE 'importorskip|skipif' tests/python/*_test.py tests/python/*/*_test.py)

# STRIDE=101 takes every 101st float alone. The page is written even where a promise is broken, which fails afterwards.
STRIDE = 1
exhaustive:
	@$(SETUP) $$(cat cmake/packages-test.txt)
	@$(CONFIGURE)
	@cmake --build --preset release --target exhaustive
	build/release/tests/exhaustive/exhaustive --stride $(STRIDE) --torch tests/exhaustive/torch_results.py \
	  > build/exhaustive.jsonl; status=$$?; [ $$status -le 1 ] || exit $$status; \
	python3 tests/exhaustive/page.py build/exhaustive.jsonl docs/accuracy.md && exit $$status

FUZZ_SECONDS = 60
# New inputs go to build/fuzz/found, those that fail to build/fuzz/failed.
fuzz:
	@$(SETUP) clang-19 libclang-rt-19-dev
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build --preset fuzz
	@mkdir -p build/fuzz/failed $(addprefix build/fuzz/found/,$(notdir $(wildcard tests/fuzz/corpus/*)))
	@ls tests/fuzz/corpus | xargs -P 2 -I READER env build/fuzz/tests/fuzz/fuzz_READER \
	  -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=4096 -verbosity=0 -print_final_stats=1 \
	  -artifact_prefix=build/fuzz/failed/READER- build/fuzz/found/READER tests/fuzz/corpus/READER

# Packages of arm64 are unpacked rather than installed.
arm:
	@$(SETUP) $$(grep -v : cmake/packages-arm.txt)
	@cmake/foreign-packages build/arm64 $$(grep : cmake/packages-arm.txt)
	@cmake --preset arm --log-level=WARNING
	@cmake --build --preset arm
	ctest --preset arm

lint:
	@$(SETUP) clang-19 libclang-rt-19-dev clang-format-19
	$(CPP_FILES) | xargs clang-format-19 --dry-run --Werror

format:
	@$(SETUP) clang-format-19
	$(CPP_FILES) | xargs clang-format-19 -i

clean:
	rm -rf build
