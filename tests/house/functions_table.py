"""README.md's table of functions is what the registry has.

functions_table.py PROGRAM          says whether it is
functions_table.py PROGRAM --write  makes it so
"""

import json
import sys

import tree

README = tree.ROOT / "README.md"
BEGIN, END = "<!-- begin of the table of functions -->\n", "<!-- end of the table of functions -->\n"


def rows(topic, names):
    """The rows of a topic: as many names in each as fit."""
    row = f"| {topic} | {names[0]}"
    for name in names[1:]:
        if len(f"{row}, {name} |") > tree.WIDEST:
            yield f"{row} |\n"
            row = f"| | {name}"
        else:
            row += f", {name}"
    yield f"{row} |\n"


def table(program):
    topics = {}
    for function in json.loads(tree.run(program, "list", "--json")):
        topics.setdefault(function["topic"], []).append(function["name"])
    return "| topic | functions |\n|---|---|\n" + "".join(row for topic in topics.items() for row in rows(*topic))


def main(program, write=None):
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{README.name} has not both of {BEGIN}{END}")
    wanted = before + BEGIN + "\n" + table(program) + "\n" + END + after
    if write == "--write":
        README.write_text(wanted)
    elif text != wanted:
        sys.exit(f"{README.name}'s table of functions is stale; this renews it:\n"
                 "python3 tests/house/functions_table.py build/release/lossact --write")


if __name__ == "__main__":
    main(*sys.argv[1:])
