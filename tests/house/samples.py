"""The C++ samples of README.md: each ```cpp block is a whole program, the ```text block after it what it prints.

samples.py write FOLDER               sample_1.cc, sample_1.txt, sample_2.cc, ...
samples.py compare PROGRAM EXPECTED   runs a program and compares
"""

import difflib
import pathlib
import re
import sys

import tree


def samples(language="cpp"):
    page = (tree.ROOT / "README.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```\n.*?^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def write(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number, texts in enumerate(samples(), 1):
        for suffix, text in zip((".cc", ".txt"), texts):
            path = folder / f"sample_{number}{suffix}"
            if not path.exists() or path.read_text() != text:
                path.write_text(text)


def compare(program, expected):
    printed, expected = tree.run(program), pathlib.Path(expected).read_text()
    if printed != expected:
        lines = difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "README.md", "printed")
        sys.exit("".join(lines))


if __name__ == "__main__":
    {"write": write, "compare": compare}[sys.argv[1]](*sys.argv[2:])
