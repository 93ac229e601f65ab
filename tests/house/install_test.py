"""Installs a build into an empty folder and uses it from there, as README.md says: by find_package, by pkg-config, and
without installing by add_subdirectory. Each builds the first sample of README.md and runs it, and by CMake a function of
one's own.

install_test.py BUILD
"""

import os
import pathlib
import re
import sys
import tempfile

import own_function
import samples
import tree

PROJECT, = tree.blocks("README.md", "cmake")
COMPILE, = [line for line in "".join(tree.blocks("README.md", "sh")).splitlines() if "pkg-config" in line]
SOURCE, EXPECTED = samples.samples()[0]
NN_SOURCE, NN_EXPECTED = samples.samples()[2]
# What the first sample needs, in the quickest way to build it.
ONLY = ("-DLOSSACT_BUILD_NN=OFF", "-DLOSSACT_TARGETS=single")


def check(condition, message):
    if not condition:
        sys.exit(message)


def example(folder, project, source, expected, *options):
    """Builds a project of one file and runs it."""
    folder.mkdir()
    own_function.write(folder)
    (folder / "CMakeLists.txt").write_text(project)
    (folder / "example.cc").write_text(source)
    tree.configure(folder, folder / "build", *options)
    tree.build(folder / "build")
    printed = tree.run(folder / "build/example")
    check(printed == expected, f"{folder.name} printed\n{printed}\ninstead of\n{expected}")


def installed_files(prefix):
    """What lies there: everything a user needs, and nothing that shows where it was built."""
    files = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    public = {path.relative_to(tree.ROOT / "include") for path in tree.ROOT.glob("include/**/*.h")}
    wanted = {f"include/{header}" for header in public} | {"bin/lossact", "include/lossact/numbers/real.h"}
    wanted |= {f"include/lossact/functions/{topic}/{name}.h" for topic, name in tree.functions()}
    check(wanted <= files, f"not installed: {sorted(wanted - files)}")
    headers = [name for name in files if name.startswith("include/")]
    check([f for f in headers if "/numbers/" in f] == ["include/lossact/numbers/real.h"], "more of numbers/ is public")
    for name in headers:
        check(re.search(r"\.(h|inc)$", name), f"{name} is no header")
        for included in re.findall(r'^ *# *include *([<"].*)[>"]', (prefix / name).read_text(), re.MULTILINE):
            # the standard library's names are words without a suffix; every compiler for x86 has xmmintrin.h
            known = r'"lossact/.*|<lossact/.*|<[a-z_]+|<xmmintrin\.h'
            check(re.fullmatch(known, included), f"{name} includes {included}")
            if "lossact/" in included:
                check(f"include/{included[1:]}" in files, f"{name} includes {included}, which is not installed")
    for path in prefix.rglob("*"):
        if path.is_file() and path.suffix in (".cmake", ".pc", ".h", ".inc", ".in"):
            check(str(tree.ROOT) not in path.read_text(), f"{path} names the source tree")


def main(build):
    with tempfile.TemporaryDirectory(prefix="lossact-") as name:
        folder = pathlib.Path(name)
        prefix = folder / "prefix"
        tree.run("cmake", "--install", build, "--prefix", prefix)
        installed_files(prefix)
        tree.run(prefix / "bin/lossact", "info")

        found = f"-DCMAKE_PREFIX_PATH={prefix}"
        example(folder / "find_package", PROJECT + own_function.ADDED + own_function.MORE, SOURCE, EXPECTED, found)
        own_function.test(folder / "find_package", found)
        nn = PROJECT.replace("lossact REQUIRED", "lossact REQUIRED COMPONENTS nn").replace("lossact::lossact", "lossact::nn")
        example(folder / "find_package_nn", nn, NN_SOURCE, NN_EXPECTED, found)

        (pc,) = prefix.glob("**/lossact.pc")
        at = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent), LD_LIBRARY_PATH=str(pc.parent.parent))
        for package, source, expected in (("lossact", SOURCE, EXPECTED), ("lossact-nn", NN_SOURCE, NN_EXPECTED)):
            for flags in (package, f"--static {package}"):
                (folder / "example.cc").write_text(source)
                tree.run("bash", "-c", COMPILE.replace(" lossact)", f" {flags})"), cwd=folder, env=at)
                printed = tree.run(folder / "example", env=at)
                check(printed == expected, f"by pkg-config {flags} it printed\n{printed}")

        # The sources themselves, as a shared library: what must be visible from outside is.
        inside = re.sub(r"^find_package.*$", f'add_subdirectory("{tree.ROOT}" lossact)', PROJECT, flags=re.MULTILINE)
        example(folder / "add_subdirectory", inside + own_function.ADDED, SOURCE, EXPECTED, "-DBUILD_SHARED_LIBS=ON", *ONLY)
        tree.run(folder / "add_subdirectory/build/calls")


if __name__ == "__main__":
    main(*sys.argv[1:])
