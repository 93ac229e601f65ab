"""A misspelt piece of a function's file is refused when the build is configured, whichever it is: each is misspelt once,
in a file that has it.

pieces_test.py CMAKE FOLDER
"""

import pathlib
import re
import subprocess
import sys

import tree

# Members, and templates of the second half, as a file spells them where it defines them.
PIECE = re.compile(r"(?:^  (?:static )?constexpr [\w:<> ]+ |^constexpr (?:V|std::array<V, \d>) )(\w+)(?= =|\[|\()", re.MULTILINE)


def refused(cmake, file):
    done = subprocess.run([cmake, "-D", f"FILE={file}", "-P", tree.ROOT / "cmake" / "pieces.cmake"],
                          capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def main():
    cmake, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    tried = set()
    for topic, name in tree.functions():
        text = (tree.ROOT / "functions" / topic / f"{name}.h").read_text()
        for piece in PIECE.finditer(text):
            found = piece[1]
            if found in tried or len(re.findall(rf"\b{found}\(", text)) > 1:
                continue  # what is called in the file is a function of its own
            tried.add(found)
            misspelt = found[:-2] + found[-1] + found[-2] if found[-1] != found[-2] else found + "x"
            file = folder / "misspelt.h"
            file.write_text(text[: piece.start(1)] + misspelt + text[piece.end(1) :])
            message = refused(cmake, file)
            if f"'{misspelt}'" not in message:
                sys.exit(f"{topic}/{name}.h: {misspelt} for {found} passes: {message}")
    if not {"rounds_once", "compensated", "derivative_from_output", "refusal", "torch"} <= tried:
        sys.exit(f"tried {sorted(tried)} alone")


if __name__ == "__main__":
    main()
