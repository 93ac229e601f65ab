"""check_page.py FILE_OR_FOLDER...: opens pages in headless Chromium, wide and on a phone, light and dark, and printed,
and says what is wrong with how they look. A folder stands for all pages below it."""

import collections
import pathlib
import sys

import browser

# Of the window, and how it is seen there; the last is paper of the format A4 within its margins.
WAYS = {1200: (("", "light"), ("", "dark")), 360: (("", "light"), ("", "dark")), 680: (("print", "light"),)}
LOCAL = ("file:", "data:", "blob:", "about:")
LOOK = (pathlib.Path(__file__).parent / "look.js").read_text()


def happened(events):
    """What the browser told while the page was open: messages, errors, requests."""
    for event in events:
        method, what = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            words = [str(word.get("value", word.get("description", ""))) for word in what["args"]]
            yield f"console: {what['type']}: {' '.join(words)}"
        elif method == "Runtime.exceptionThrown":
            details = what["exceptionDetails"]
            yield f"error: {details.get('exception', {}).get('description', details['text'])}"
        elif method == "Log.entryAdded":
            yield f"console: {what['entry']['level']}: {what['entry']['text']} {what['entry'].get('url', '')}"
        elif method == "Network.requestWillBeSent" and not what["request"]["url"].startswith(LOCAL):
            yield f"request to the network: {what['request']['url']}"
        elif method == "Network.webSocketCreated":
            yield f"request to the network: {what['url']}"


OPEN = """(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  return document.documentElement.scrollHeight;
})()"""


def check(chromium, path, first=""):
    """Every problem of a page, with the ways of looking in which it shows; `first` is JavaScript that is run before."""
    problems = collections.defaultdict(list)
    for width, ways in WAYS.items():
        chromium.look(width)
        chromium.open(path)
        chromium.evaluate(first)
        # The window is made as high as the page, for only in the window can be asked what lies behind a text.
        height = chromium.evaluate(OPEN)
        seen = []
        for media, scheme in ways:
            chromium.look(width, height, media, scheme)
            chromium.settle()
            found = chromium.evaluate(LOOK)
            seen.append(found["pictures"])
            for problem in found["problems"]:
                problems[problem].append(f"{width} {media or scheme}")
            for file in found["files"]:
                if not pathlib.Path(file).exists():
                    problems[f"link to {file}, which is not there"].append(f"{width}")
        for (name, light), (_, dark) in zip(*seen) if len(seen) == 2 else ():
            if light is not None and light == dark:
                problems[f"{name} stays as it was when the colours change"].append(f"{width}")
        for problem in happened(chromium.events):
            problems[problem].append(f"{width}")
    return [f"{problem} ({', '.join(dict.fromkeys(where))})" for problem, where in problems.items()]


def pages(arguments):
    for argument in arguments:
        path = pathlib.Path(argument)
        found = sorted(path.rglob("*.html")) if path.is_dir() else [path]
        if not found or not found[0].exists():
            sys.exit(f"{path}: there is no page")
        yield from found


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    bad = 0
    try:
        with browser.Browser() as chromium:
            for path in pages(arguments):
                problems = check(chromium, path)
                bad += bool(problems)
                for problem in problems:
                    print(f"{path}: {problem}")
                print(f"{path}: {'looks good' if not problems else f'{len(problems)} problems'}", flush=True)
    except browser.Missing as missing:
        sys.exit(str(missing))
    if bad:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
