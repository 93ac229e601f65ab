"""What `lossact gallery` writes is a page for every function and an index of them, and is well made: XML, headings in
order, pictures with words, links that lead somewhere.

gallery_test.py GALLERY
"""

import pathlib
import sys
import xml.etree.ElementTree as xml

import tree

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 40 * 1024  # bytes of a page


def links(page):
    """The files that a page links to."""
    found = [element.get("href", "") for element in page.iter()]
    return {link for link in found if link and not link.startswith("data:")}


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
        if element.tag == SVG + "svg":
            for words in ("title", "desc"):
                if not (element.findtext(SVG + words) or "").strip():
                    yield f"a picture has no {words}"
    for link in links(page):
        if not (path.parent / link).is_file():
            yield f"the link to {link} leads nowhere"
    if sum(element.tag == "h1" for element in page.iter()) != 1:
        yield "it has not one h1"


def main(gallery):
    gallery = pathlib.Path(gallery)
    index = gallery / "index.html"
    pages = sorted(gallery.glob("*.html"))
    problems = [f"{path.name}: {problem}" for path in pages for problem in wrong(path)]
    if problems:
        sys.exit("\n".join(problems))
    of_functions = {path.name for path in pages if path != index}
    if len(of_functions) != len(tree.functions()):
        sys.exit(f"{len(of_functions)} pages for {len(tree.functions())} functions")
    if unlinked := of_functions - links(xml.parse(index)):
        sys.exit(f"{index.name} does not lead to {', '.join(sorted(unlinked))}")
    print(f"{len(pages)} pages")


if __name__ == "__main__":
    main(*sys.argv[1:])
