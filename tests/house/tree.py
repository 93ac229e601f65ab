"""What the tests of the house share: running a command, copying the tree, building a part of it, reading a page."""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDEST = 120  # columns of a line of any Markdown file


def run(*command, expect=0, **options):
    """Runs a command and returns what it printed; any other exit status than the expected one ends the test."""
    words = [str(word) for word in command]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if expect is not None and done.returncode != expect:
        sys.exit(f"{' '.join(words)}\nexited with {done.returncode}, expected {expect}:\n{done.stdout}")
    return done.stdout


def copy_tree(to):
    """A copy of the sources without what was built from them."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(ROOT, to, ignore=lambda folder, names: {"build", ".git"} if folder == str(ROOT) else ())
    return pathlib.Path(to)


def configure(source, folder, *options):
    """Configures a build that is to be over soon rather than to run fast."""
    quick = ("-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0")
    run("cmake", "-S", source, "-B", folder, "-G", "Ninja", *quick, *options)


def build(folder, *targets):
    return run("cmake", "--build", folder, "--parallel", 2, *(["--target", *targets] if targets else []))


def functions():
    """(topic, name) of every function file."""
    return [(path.parent.name, path.stem) for path in sorted(ROOT.glob("functions/*/*.h"))]


def plain_functions():
    """The names of those that are in no namespace of their own."""
    return [name for topic, name in functions()
            if "\nnamespace lossact::information {" not in (ROOT / "functions" / topic / f"{name}.h").read_text()]


def blocks(page, language):
    """The fenced blocks of a page in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


def new_function():
    """The name and the file of CONTRIBUTING.md's worked example."""
    example, = [block for block in blocks("CONTRIBUTING.md", "cpp") if '.name = "' in block]
    return re.search(r'\.name = "(\w+)"', example)[1], example
