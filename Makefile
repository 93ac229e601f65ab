# The two commands of the README, and little else. Each does its own set-up; the presets do the work.
.PHONY: help run test lint format clean
help:
	@echo "make run     compare activations and losses on real handwritten digits (build/release/lossact)"
	@echo "make test    all tests of the release build"
	@echo "make lint    is every C++ file in the house's format?"
	@echo "make format  bring every C++ file into the house's format"
	@echo "make clean   remove build/"

SETUP = cmake/require-packages $$(cat cmake/packages.txt)
CONFIGURE = cmake --preset release --log-level=WARNING $(CMAKE_FLAGS)
CPP_FILES = git ls-files --cached --others --exclude-standard '*.h' '*.cc'

run:
	@$(SETUP)
	@$(CONFIGURE)
	@cmake --build --preset release --target lossact_cli
	build/release/lossact compare digits

test:
	@$(SETUP)
	@$(CONFIGURE)
	@cmake --build --preset release
	ctest --preset release

lint:
	@$(SETUP) clang-19 libclang-rt-19-dev clang-format-19
	$(CPP_FILES) | xargs clang-format-19 --dry-run --Werror

format:
	@$(SETUP) clang-format-19
	$(CPP_FILES) | xargs clang-format-19 -i

clean:
	rm -rf build
