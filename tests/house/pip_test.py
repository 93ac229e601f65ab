"""`pip install .` from the sources alone, into a fresh virtual environment that has nothing but NumPy beside: the
package is there with its program, its types and its version, and README.md's samples run.

pip_test.py PYTHON FOLDER   the Python to make the environment of, and where the copy, the build and all else go
"""

import os
import pathlib
import shutil
import sys

import samples
import tree

# In a folder of its own, so that nothing of the tree is found but what is installed.
CHECK = """
import importlib.metadata, inspect, pathlib, sys
import lossact, lossact.nn.functional
folder = pathlib.Path(lossact.__file__).parent
assert folder.is_relative_to(sys.prefix), folder
assert lossact.__version__ == importlib.metadata.version("lossact")
assert (folder / "py.typed").exists() and (folder / "_core.pyi").exists()
assert not [name for name in ("torch", "jax") if name in sys.modules]
for page, module in (("functional", lossact.functional), ("information", lossact.information)):
    stub = (folder / f"{page}.pyi").read_text()
    for name in module.__all__:
        assert f"def {name}(" in stub, name
        assert inspect.signature(getattr(module, name)) and "Formula:" in getattr(module, name).__doc__
for function in lossact.functions():
    print(function.name)
print(lossact.__version__)
"""


def check(condition, message):
    if not condition:
        sys.exit(message)


def main(python, folder):
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    copy, elsewhere, venv = tree.copy_tree(folder / "tree"), folder / "elsewhere", folder / "venv"
    elsewhere.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env = dict(kept, PATH=f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}")
    tree.run(python, "-m", "venv", venv, env=kept)
    pip = (venv / "bin/python", "-m", "pip", "--disable-pip-version-check")
    tree.run(*pip, "install", "--quiet", "numpy", env=env)
    tree.run(*pip, "install", "--quiet", ".", cwd=copy, env=env)

    installed = {line.split("==")[0] for line in tree.run(*pip, "freeze", "--all", env=env).split("\n") if "==" in line}
    check(installed <= {"numpy", "pip", "setuptools"}, f"installed too: {installed}")  # lossact itself has no ==
    tree.run(*pip, "check", env=env)

    here = {"cwd": elsewhere, "env": env}
    *names, version = tree.run(venv / "bin/python", "-c", CHECK, **here).split()
    wanted = set(tree.plain_functions())
    check(wanted == {name for name in names if "." not in name}, f"functions are missing or too many: {names}")
    check(version in tree.run(venv / "bin/lossact", "info", **here), "the program has another version")
    without_pytorch = [sample for sample in samples.samples("python") if "import torch\n" not in sample[0]]
    check(without_pytorch, "README.md has no samples")
    for script, expected in without_pytorch:
        printed = tree.run(venv / "bin/python", "-c", script, **here)
        check(printed == expected, f"a sample of README.md printed\n{printed}\ninstead of\n{expected}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
