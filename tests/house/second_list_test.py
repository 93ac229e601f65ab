"""A function is named in its own file, in tests and in documentation, and nowhere else: everything else is a fold over
the registry. Comments may give an example. Whoever uses functions names no loop and no topic either."""

import functools
import re
import sys

import tree

FOLDERS = ("include", "src", "numbers", "nn", "text", "files", "experiment", "program", "python", "bench", "cmake")
SUFFIXES = (".h", ".cc", ".inc", ".in", ".cmake", ".txt", ".py", ".js", ".html", ".css")
# What knows functions by their data alone: how they are computed, and in which folder they lie, is not its business.
CLIENTS = ("nn", "text", "files", "experiment", "program", "python", "bench", "include/lossact/nn")
TYPED = {"include/lossact/nn/functions.h"}  # the typed calls on tensors
# Topics are ordinary words, so what counts is a topic that is compared with one.
KINDS = r'\bLoop::\w+|\btopic[\w."\'\])(]*\s*[!=]==?\s*[\'"]\w+|lossact/(?:define|every_function|information)\.h'
# Names that are also ordinary words of C++ or of the field: these count only as a string, qualified, or as an include.
WORDS = {"identity", "tanh", "content", "entropy"}


def uses(topic, name, code):
    yield from re.findall(rf'"(?:information\.)?{name}"', code)
    yield from re.findall(rf"lossact::(?:information::)?{name}\b", code)
    yield from re.findall(rf"functions/{topic}/{name}\.h", code)
    if name not in WORDS:
        yield from re.findall(rf'(?<!["\w:/.]){name}\b(?!["\w])', code)


@functools.cache
def structs(topic, name):
    text = (tree.ROOT / "functions" / topic / f"{name}.h").read_text()
    return re.findall(r"^(?:inline )?constexpr \w+<(\w+)> ", text, re.MULTILINE)


def main():
    found = []
    functions = tree.functions()
    for folder in FOLDERS:
        for path in sorted((tree.ROOT / folder).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            cpp, hashes = path.suffix in (".h", ".cc", ".inc"), path.suffix in (".in", ".cmake", ".txt", ".py")
            for number, line in enumerate(path.read_text().splitlines(), 1):
                code = re.sub("#.*" if hashes else r"//.*", "", line)
                place = str(path.relative_to(tree.ROOT))
                if place.startswith(tuple(f"{client}/" for client in CLIENTS)) and place not in TYPED:
                    for use in re.findall(KINDS, line if hashes else code):
                        found.append(f"{place}:{number}: {use}")
                for topic, name in functions:
                    types = [s for s in structs(topic, name) if cpp and re.search(rf"\b{s}\b", code)]
                    for use in {*uses(topic, name, code), *types}:
                        found.append(f"{place}:{number}: {use}")
    if found:
        sys.exit("named outside its own file:\n" + "\n".join(sorted(set(found))))


if __name__ == "__main__":
    main()
