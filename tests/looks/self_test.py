"""The check of looks bites: each of these pages has one fault, which must be found and alone; the first has none."""

import pathlib
import sys
import tempfile

import browser
import check_page

DRAWN = """<canvas id="picture" width="100" height="100" aria-label="A square"></canvas><script>
const draw = () => {
  const context = document.getElementById('picture').getContext('2d');
  context.fillStyle = matchMedia('(prefers-color-scheme: dark)').matches ? '#ffffff' : '#000000';
  context.fillRect(20, 20, 60, 60);
};
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
</script>"""
SECOND = DRAWN.replace("picture", "second").replace("draw", "paint")
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Page</title><style>
:root { color-scheme: light dark; --ink: #222222; --paper: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eeeeee; --paper: #101010; } }
@media print { :root { --ink: #000000; --paper: #ffffff; } }
body { color: var(--ink); background: var(--paper); }
</style></head><body><h1>Page</h1><p>Text <a href="#end" style="color: inherit">with a link</a>.</p>
<table><tr><th scope="col">a</th></tr><tr><td>1</td></tr></table>
<svg width="50" height="20" aria-label="A bar"><rect width="50" height="20" fill="#333333"/>
<text x="2" y="15" fill="#ffffff">1</text></svg>
<div style="overflow-x: auto"><div style="width: 2000px">wide, but in a container that scrolls</div></div>
DRAWN FAULT<p id="end">End</p></body></html>"""
FAULTS = {
    "": None,
    "<script>console.log('hello')</script>": "console: log: hello",
    "<script>nothing.at.all()</script>": "error: ReferenceError: nothing is not defined",
    "<script>setTimeout(() => Promise.reject(new Error('late')))</script>": "error: Error: late",
    '<img alt="A picture" src="missing.png">': "net::ERR_FILE_NOT_FOUND",
    '<img alt="A picture" src="https://example.org/a.png">': "request to the network: https://example.org/a.png",
    '<canvas width="50" height="50" aria-label="Nothing"></canvas>': '<canvas> is not drawn: "Nothing"',
    '<div style="display: none"><canvas aria-label="Hidden"></canvas></div>': '<canvas> is not shown: "Hidden"',
    '<svg width="10" height="10" aria-label="Nothing"></svg>': "<svg> has an empty box",
    '<p style="color: #808080; background: #888888">faint</p>': "contrast 1.11 of",
    '<p style="opacity: 0.4">see-through</p>': "of \"see-through\"",
    '<p style="color: #222222">only in the dark</p>': '"only in the dark" in <p> (1200 dark, 360 dark)',
    '<svg width="50" height="20" aria-label="A bar"><rect width="50" height="20" fill="#333333"/>'
    '<text x="2" y="15" fill="#000000">on a bar</text></svg>': 'of "on a bar" in <text>',
    '<details><summary>More</summary><p style="color: #999999; background: #aaaaaa">kept shut</p></details>': (
        'of "kept shut"'
    ),
    '<p style="width: 500px">wide</p>': "the page is 508 wide (360 light, 360 dark)",
    '<style>body { overflow-x: hidden }</style><p style="width: 500px">cut off</p>': (
        'sticks out of the page: "cut off" (360 light'
    ),
    '<i id="end"></i>': 'id "end" stands twice',
    "<table><tr><td>1</td></tr></table>": "<table> has no header cells",
    '<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==">': (
        "<img> has no text alternative"
    ),
    SECOND.replace(' aria-label="A square"', ""): "has no text alternative",
    SECOND.split("matchMedia('(prefers-color-scheme: dark)').add")[0] + "</script>": (
        "stays as it was when the colours change"
    ),
    "<h4>Deep</h4>": 'heading "Deep" is h4 after h1',
    "<button></button>": "<button> has no name",
    '<a href="#none">here</a>': "link to #none, which is not there",
    '<a href="none.html">there</a>': "none.html, which is not there",
}
# Those that show in more than one way.
TWO = ("net::ERR_FILE_NOT_FOUND", "request to the network", "the page is 508 wide", "sticks out", 'of "see-through"')


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder, browser.Browser() as chromium:
        page = pathlib.Path(folder) / "page.html"
        for fault, expected in FAULTS.items():
            page.write_text(PAGE.replace("DRAWN", DRAWN).replace("FAULT", fault))
            found = check_page.check(chromium, page)
            one = expected is None or len(found) == 1 or expected.startswith(TWO)
            if not one or (expected is None) != (not found) or (expected and not any(expected in f for f in found)):
                wrong.append(f"{fault or 'no fault'}\n  expected: {expected}\n  found: {found}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    try:
        main()
    except browser.Missing as missing:
        sys.exit(str(missing))
