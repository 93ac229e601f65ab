"""Makes one program of all that the pages of docs/functions/ show in C++, so that it is compiled and run.

gallery_samples.py FILE
"""

import pathlib
import sys
import xml.etree.ElementTree as xml

import tree


def main(file):
    parts, calls = [], []
    for path in sorted((tree.ROOT / "docs" / "functions").glob("*.html")):
        samples = [code.text for code in xml.parse(path).findall(".//pre/code") if "lossact::" in code.text]
        if not samples and path.name != "index.html":
            sys.exit(f"{path.name} shows no call")
        for sample in samples:
            name = f"sample_{len(parts)}"
            parts.append(f"// {path.name}\nvoid {name}() {{\n{sample}}}\n")
            calls.append(f"  {name}();\n")
    includes = "#include <cstdint>\n#include <vector>\n#include <lossact/nn/nn.h>\n\n"
    pathlib.Path(file).write_text(includes + "\n".join(parts) + "\nint main() {\n" + "".join(calls) + "}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
