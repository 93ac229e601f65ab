"""report_test.py PROGRAM: the reports of real comparisons look good: of classes, of numbers, with one seed, with
trainings that diverge, and of numbers near the ends of what a double can be; as they open, and one after every control
was used."""

import pathlib
import subprocess
import sys
import tempfile

import browser
import check_page

COMPARISONS = (
    "digits --epochs 3 --seeds 2",
    "diabetes --epochs 3 --seeds 2 --hidden 16",
    "digits --epochs 2 --seeds 1 --hidden 16,16 --losses cross_entropy",
    "diabetes --epochs 3 --seeds 2 --hidden 8,8 --optimizer sgd --lr 0.5",
    "tiny.csv --epochs 3 --seeds 2 --hidden 8 --activations relu,tanh,identity",
)
TINY = "x,y\n" + "".join(f"{i % 17 * 1e300},{(i % 17 + i % 3) * 1e-170}\n" for i in range(100))
# What each control does last is what is then looked at.
USE = """(() => {
  for (const box of document.querySelectorAll('main select')) {
    box.selectedIndex = box.options.length - 1;
    box.dispatchEvent(new Event('change'));
  }
  for (const control of document.querySelectorAll('main input, main button')) control.click();
})()"""


def main(program):
    failed, program = False, pathlib.Path(program).resolve()
    with tempfile.TemporaryDirectory() as folder, browser.Browser() as chromium:
        page = pathlib.Path(folder) / "report.html"
        (pathlib.Path(folder) / "tiny.csv").write_text(TINY)
        for comparison in COMPARISONS:
            command = [program, "compare", *comparison.split(), "--report", page]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
            ways = [("", ""), (", controls used", USE)] if comparison == COMPARISONS[0] else [("", "")]
            for way, first in ways:
                for problem in check_page.check(chromium, page, first):
                    print(f"compare {comparison}{way}: {problem}")
                    failed = True
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except browser.Missing as missing:
        sys.exit(str(missing))
