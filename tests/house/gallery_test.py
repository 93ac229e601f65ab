"""docs/functions/ is what `lossact gallery` writes, and what it writes is well made: XML, headings in order, pictures with
words, links that lead somewhere.

gallery_test.py PROGRAM
"""

import pathlib
import sys
import tempfile
import xml.etree.ElementTree as xml

import tree

KEPT = tree.ROOT / "docs" / "functions"
SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 40 * 1024  # bytes of a page


def stale(folder):
    """The files in which a folder differs from docs/functions."""
    names = {path.name for path in (*folder.iterdir(), *KEPT.iterdir())}
    return sorted(
        name
        for name in names
        if not all((place / name).is_file() for place in (folder, KEPT))
        or (folder / name).read_bytes() != (KEPT / name).read_bytes()
    )


def wrong(path):
    """What is wrong with a page."""
    if path.name != "index.html" and path.stat().st_size > LARGEST:
        yield f"it has {path.stat().st_size} bytes, more than {LARGEST}"
    try:
        page = xml.parse(path)
    except xml.ParseError as error:
        yield f"it is not well-formed: {error}"
        return
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    for name in {name for name in ids if ids.count(name) > 1}:
        yield f"the id {name} stands twice"
    level = 0
    for element in page.iter():
        if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            if int(element.tag[1]) > level + 1:
                yield f"{element.tag} '{element.text}' comes after h{level}"
            level = int(element.tag[1])
        for name in element.get("aria-labelledby", "").split():
            if name not in ids:
                yield f"there is no id {name}"
        link = element.get("href", "")
        if link and not link.startswith("data:") and not (path.parent / link).is_file():
            yield f"the link to {link} leads nowhere"
        if element.tag == SVG + "svg":
            for words in ("title", "desc"):
                if not (element.findtext(SVG + words) or "").strip():
                    yield f"a picture has no {words}"
    if sum(element.tag == "h1" for element in page.iter()) != 1:
        yield "it has not one h1"


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        tree.run(program, "gallery", folder)
        folder = pathlib.Path(folder)
        pages = sorted(folder.glob("*.html"))
        problems = [f"{path.name}: {problem}" for path in pages for problem in wrong(path)]
        if problems:
            sys.exit("\n".join(problems))
        if names := stale(folder):
            sys.exit(
                f"stale in {KEPT.relative_to(tree.ROOT)}: {', '.join(names)}\n"
                "build/release/lossact gallery docs/functions  writes them anew; what no function has any more, delete"
            )
    print(f"{len(pages)} pages")


if __name__ == "__main__":
    main(*sys.argv[1:])
