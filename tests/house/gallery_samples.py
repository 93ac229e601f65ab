"""Makes one program of all that the pages of the gallery show in C++, so that it is compiled and run.

gallery_samples.py GALLERY FILE
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def main(gallery, file):
    parts, calls = [], []
    for path in sorted(pathlib.Path(gallery).glob("*.html")):
        samples = [code.text for code in xml.parse(path).findall(".//pre/code") if "lossact::" in code.text]
        if not samples and path.name != "index.html":
            sys.exit(f"{path.name} shows no call")
        for sample in samples:
            name = f"sample_{len(parts)}"
            parts.append(f"// {path.name}\nvoid {name}() {{\n{sample}}}\n")
            calls.append(f"  {name}();\n")
    includes = "#include <cstdint>\n#include <vector>\n#include <lossact/nn/nn.h>\n\n"
    program = includes + "\n".join(parts) + "\nint main() {\n" + "".join(calls) + "}\n"
    file = pathlib.Path(file)
    if not file.exists() or file.read_text() != program:  # what has not changed is not compiled again
        file.write_text(program)


if __name__ == "__main__":
    main(*sys.argv[1:])
