"""Tests that cannot fail prove nothing. Some function files get one wrong character each, and each of the functions must
then fail a property test of its own, not only the comparison with the bits that were there before. They are in
different files and no test of one function runs another, so one build serves all.

mutants_test.py FOLDER
"""

import pathlib
import re
import sys

import tree

# The file below functions/, a piece of it, and the piece with one character changed.
MUTANTS = [
    ("activation/leaky_relu", ".left = s > 0", ".left = s < 0"),
    ("activation/mish", "(n / (n + m(2)))", "(n / (n + m(3)))"),
    ("activation/prelu", "positive, m(0), x)", "positive, m(1), x)"),
    ("activation/rrelu", "u - m(0.5), mean", "u - m(0.4), mean"),
    ("activation/sigmoid", "m.fma(m(0) - y, y, y)", "m.fma(m(1) - y, y, y)"),
    ("activation/softplus", "m.max(x, m(0))", "m.max(x, m(1))"),
    ("probability/log_softmax", "m(0) - c.surprise", "m(1) - c.surprise"),
    ("probability/softmax", "return m(0) - y;", "return m(1) - y;"),
    ("information/kl_div", "q * (y - x + m(1))", "q * (y - x - m(1))"),
    ("classification/cross_entropy", "p.label_smoothing / classes", "p.label_smoothing * classes"),
    ("information/kl_divergence", "m.log(p) - m.log(q)", "m.log(p) + m.log(q)"),
]


def mutate(copy):
    for file, right, wrong in MUTANTS:
        assert len(right) == len(wrong) and sum(a != b for a, b in zip(right, wrong)) == 1, (right, wrong)
        path = copy / "functions" / f"{file}.h"
        text = path.read_text()
        assert text.count(right) == 1, f"{file}.h has {text.count(right)} times: {right}"
        path.write_text(text.replace(right, wrong))


def main(folder):
    copy = tree.copy_tree(pathlib.Path(folder) / "tree")
    mutate(copy)
    build = copy / "build/release"
    tree.configure(copy, build, "-DLOSSACT_TARGETS=single", "-DLOSSACT_BUILD_EXAMPLES=OFF")
    tree.build(build, "library_test")
    program = next(build.rglob("library_test"))

    survivors = []
    for file, right, wrong in MUTANTS:
        name = file.split("/")[1]
        printed = tree.run(program, f"--gtest_filter=*.{name}-Bits.*", "--gtest_fail_fast", expect=None)
        failed = sorted(set(re.findall(rf"\[  FAILED  \] (\w+)\.{name}\b", printed)))
        print(f"{file}: {right} -> {wrong}: {', '.join(failed) or 'SURVIVED'}")
        if not failed:
            survivors.append(file)
    if survivors:
        sys.exit(f"no test noticed the mutants of {survivors}")


if __name__ == "__main__":
    main(*sys.argv[1:])
