"""screenshot.py PAGE PICTURE.png [WIDTH [HEIGHT [light|dark]]]: the upper part of a page as headless Chromium draws it.
The picture of README.md: build/release/lossact compare digits --report report.html, then
tests/looks/screenshot.py report.html docs/report.png"""

import base64
import pathlib
import sys

import browser


def main(page, picture, width=1200, height=1000, scheme="light"):
    with browser.Browser() as chromium:
        chromium.look(int(width), int(height), scheme=scheme)
        chromium.open(pathlib.Path(page))
        data = chromium.call("Page.captureScreenshot", format="png")["data"]
    pathlib.Path(picture).write_bytes(base64.b64decode(data))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except browser.Missing as missing:
        sys.exit(str(missing))
