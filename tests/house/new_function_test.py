"""One more file is one more function. In a copy of the tree the worked example of CONTRIBUTING.md becomes a file of its
own, and nothing else changes: the function is then in the kernels, the tests, the program, and the training layer.

new_function_test.py FOLDER
"""

import hashlib
import json
import math
import pathlib
import re
import sys

import tree

NAME, EXAMPLE = tree.new_function()
VALUE, SLOPE = 2 / 3, 1 / 9  # of the example at 2

NETWORK = f"""
#include <lossact/nn/nn.h>
int main() {{
  namespace nn = lossact::nn;
  const nn::Tensor input = nn::randn({{8, 3}});
  nn::Sequential network{{nn::Linear(3, 4), lossact::{NAME}, nn::Linear(4, 1)}};
  lossact::mse_loss(network(input), nn::zeros({{8, 1}})).backward();
  return lossact::{NAME}(input).shape() == input.shape() ? 0 : 1;
}}
"""


def check(condition, message):
    if not condition:
        sys.exit(message)


def sources(copy):
    return {
        path.relative_to(copy): hashlib.sha256(path.read_bytes()).digest()
        for path in copy.rglob("*")
        if path.is_file() and "build" not in path.relative_to(copy).parts
    }


def main(folder):
    folder = pathlib.Path(folder)
    check(("activation", NAME) not in tree.functions(), f"{NAME} is no new function: give CONTRIBUTING.md another example")
    copy = tree.copy_tree(folder / "tree")
    before = sources(copy)
    new = pathlib.Path(f"functions/activation/{NAME}.h")
    (copy / new).write_text(EXAMPLE)

    build = copy / "build/release"
    tree.configure(copy, build, "-DLOSSACT_TARGETS=single", "-DLOSSACT_BUILD_EXAMPLES=OFF")
    tree.build(build, "lossact_program", "library_test")
    program = build / "lossact"

    listed = {entry["name"]: entry for entry in json.loads(tree.run(program, "list", "--json"))}
    check(NAME in tree.run(program, "list"), "list does not have it")
    check(listed[NAME]["topic"] == "activation", "list --json does not have it")
    check(listed[NAME]["formula"] in tree.run(program, "show", NAME), "show does not have it")
    numbers = [float(x) for x in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", tree.run(program, "eval", NAME, "2", "--gradient"))]
    for wanted in (VALUE, SLOPE):
        check(any(math.isclose(x, wanted, rel_tol=1e-6) for x in numbers), f"eval gave {numbers}, not {wanted}")

    data = folder / "line.csv"
    data.write_text("x,y\n" + "".join(f"{i / 10},{i / 5 + 1}\n" for i in range(40)))
    report = folder / "line.json"
    tree.run(program, "compare", data, "--epochs", "1", "--seeds", "1", "--json", report)
    trained = {result["activation"] for result in json.loads(report.read_text())["results"]}
    check(NAME in trained and len(trained) > 1, f"compare trained with {trained}")

    (folder / "network.cc").write_text(NETWORK)
    libraries = [next(build.rglob(f"lib{name}.a")) for name in ("lossact_nn", "lossact")]
    flags = tree.run("pkg-config", "--libs", "libhwy", "tbb", "openblas").split()
    includes = [f"-I{path}" for path in (copy / "include", build / "include", build / "generated")]
    tree.run("g++", "-std=c++20", *includes, folder / "network.cc", "-o", folder / "network", *libraries, *flags)
    tree.run(folder / "network")

    tests = next(build.rglob("library_test"))
    printed = tree.run(tests, f"--gtest_filter=*.{NAME}")
    ran = int(re.search(r"\[  PASSED  \] (\d+) test", printed)[1])
    check(ran > 0, f"no property test names it:\n{printed}")

    after = sources(copy)
    check(after.pop(new, None) and after == before, "more than the new file has changed")
    print(f"{NAME}: {ran} property tests passed")


if __name__ == "__main__":
    main(*sys.argv[1:])
