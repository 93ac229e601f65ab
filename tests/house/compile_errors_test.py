"""The usual mistakes in a call do not compile, and the first lines of what a compiler says of each have a sentence that
says what is expected. What is meant instead compiles; `requires` tells the two apart.

compile_errors_test.py INCLUDE_FOLDER...
"""

import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

COMPILERS = ("g++", "clang++-19")
LINES = 5

INCLUDES = """
#include <cstdint>
#include <vector>
#include <lossact/functions/activation/leaky_relu.h>
#include <lossact/functions/activation/prelu.h>
#include <lossact/functions/classification/cross_entropy.h>
#include <lossact/functions/information/entropy.h>
#include <lossact/functions/information/kl_divergence.h>
#include <lossact/functions/probability/softmax.h>
#include <lossact/functions/regression/mse_loss.h>
using namespace lossact;
namespace elsewhere {
struct Array : std::vector<int> {};
template <class F, class Options>
Array lossact_apply(const F&, const Options&, Accuracy, const Array& input) { return input; }
}  // namespace elsewhere
"""
VARIABLES = {
    "number": "double",
    "x": "std::vector<float>",
    "y": "std::vector<float>",
    "constant": "const std::vector<float>",
    "doubles": "std::vector<double>",
    "integers": "std::vector<int>",
    "unsigned_classes": "std::vector<unsigned>",
    "classes": "std::vector<std::int64_t>",
    "theirs": "elsewhere::Array",
    "rows": "Rows<float>",
    "constant_rows": "Rows<const float>",
    "rows_of_doubles": "Rows<double>",
}

CONSTANT = "an array that is written must not be const"
MIXED = "all arrays of a call must have one element type, not float beside double"
ELEMENTS = "elements must be float, double, "
CLASSES = "classes std::uint8_t, std::int32_t, std::int64_t"
FLAT = "rows must be lossact::Rows, lossact::ClassAxis or {data, rows, classes}, not a flat array"
OPTION = "an option must be given by its name in braces, as {.name = value}"
# What is wrong, what is said of it, what is meant.
USUAL = (
    ("leaky_relu(x, constant)", CONSTANT, "leaky_relu(constant, x)"),
    ("mse_loss(x, doubles, {.reduction = Reduction::sum})", MIXED, "mse_loss(x, y, {.reduction = Reduction::sum})"),
    ("leaky_relu(integers, integers)", ELEMENTS, "leaky_relu(doubles, doubles)"),
    ("leaky_relu(x, y, 0.2)", OPTION, "leaky_relu(x, y, {.negative_slope = 0.2})"),
    ("softmax(x, y)", FLAT, "softmax({x.data(), 2, 3}, {y.data(), 2, 3})"),
    ("cross_entropy(x, classes)", FLAT, "cross_entropy({x.data(), 2, 3}, classes)"),
)
OTHERS = (
    ("leaky_relu(x, constant, {.negative_slope = 0.2}, fast)", CONSTANT, "leaky_relu(x, x, {}, fast)"),
    ("leaky_relu.backward_from_output(x, y, constant)", CONSTANT, "leaky_relu.backward_from_output(constant, y, x)"),
    ("prelu.backward(x, x, x, y, constant)", CONSTANT, "prelu.backward(x, x, x, y, doubles)"),
    ("information::entropy.gradient(x, constant)", CONSTANT, "information::entropy.gradient(x, doubles)"),
    ("softmax(rows, constant_rows)", CONSTANT, "softmax(constant_rows, rows)"),
    ("mse_loss.with_gradient(x, y, doubles)", MIXED, "mse_loss.with_gradient(x, y, {x, y})"),
    ("mse_loss.backward(number, x, doubles, y)", MIXED, "mse_loss.backward(doubles, x, y, y)"),
    ("cross_entropy(rows, rows_of_doubles)", MIXED, "cross_entropy(rows, constant_rows)"),
    ("mse_loss.each(integers, integers, doubles)", ELEMENTS, "mse_loss.each(x, y, doubles)"),
    ("cross_entropy(rows, unsigned_classes)", CLASSES, "cross_entropy(rows, integers)"),
    ("information::entropy(integers)", ELEMENTS, "information::entropy(x)"),
    ("leaky_relu(number, 0.2)", OPTION, "leaky_relu(number, {.negative_slope = 0.2})"),
    ("mse_loss(x, y, Reduction::sum)", OPTION, "prelu(x, y, x, 2)"),
    ("cross_entropy({x.data(), 2, 3}, classes, 0.1)", OPTION, "cross_entropy({x.data(), 2, 3}, classes)"),
    ("information::entropy(x, 2)", OPTION, "information::entropy(x, {.base = 2})"),
    ("leaky_relu(x.data(), y.data(), 6)", "no match", "leaky_relu(x, y, fast)"),  # what this is is anyone's guess
    ("cross_entropy.with_gradient(rows, classes, y)", FLAT, "cross_entropy.with_gradient(rows, classes, rows)"),
)
CASES = USUAL + OTHERS
# What only looks like a mistake: arrays of somebody else's, and distributions of any element type.
VALID = ("leaky_relu(theirs)", "leaky_relu(theirs, {.negative_slope = 0.2})", "softmax(theirs)",
         "information::kl_divergence(x, doubles)")
# A misspelt name is the compiler's business, which names the function and its options.
MISSPELT = ("leaky_relu(x, y, {.negative_slop = 0.2})", r"Callable<(lossact::)?LeakyRelu>")
HEADERS = ("lossact/lossact.h", "lossact/functions/activation/leaky_relu.h", "lossact/functions/information/entropy.h")


def function(*statements):
    """A function with a statement to a line, and how many lines are before it."""
    parameters = ", ".join(f"[[maybe_unused]] {type} {name}" for name, type in VARIABLES.items())
    head = f"{INCLUDES}void call({parameters}) {{\n"
    return head + "".join(f"  {statement};\n" for statement in statements) + "}\n", head.count("\n")


def all_that_is_meant():
    """A source that calls what is meant, and asks of every call whether it is valid."""
    types = "".join(f"  using type_{name} = {type};\n" for name, type in VARIABLES.items())
    parameters = ", ".join(f"typename T::type_{name} {name}" for name in VARIABLES)
    meant = (*(meant for _, _, meant in CASES), *VALID)
    asked = [f"static_assert(requires({parameters}) {{ {call}; }});" for call in meant]
    asked += [f"static_assert(!requires({parameters}) {{ {wrong}; }});"
              for wrong in (*(wrong for wrong, _, _ in CASES), MISSPELT[0])]
    body = "\n  ".join(asked)
    return (function(*meant)[0] +
            f"struct Types {{\n{types}}};\ntemplate <class T>\nvoid ask() {{\n  {body}\n}}\ntemplate void ask<Types>();\n")


def said(compiler, folders, source, standard="c++20"):
    """What a compiler says of a source; nothing where it compiles."""
    with tempfile.TemporaryDirectory(prefix="lossact-") as name:
        path = pathlib.Path(name) / "example.cc"
        path.write_text(source)
        command = [compiler, f"-std={standard}", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"]
        done = subprocess.run([*command, *(f"-I{folder}" for folder in folders), path], text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return done.stderr if done.returncode else ""


def meant(compiler, folders):
    """Why what is meant does not compile, or is told from what is wrong by no `requires`."""
    if message := said(compiler, folders, all_that_is_meant()):
        yield f"what is meant:\n{message}"


def alone(compiler, folders, source, expected, standard="c++20"):
    """What is wrong with the first lines about a source with one mistake."""
    first = "\n".join(said(compiler, folders, source, standard).splitlines()[:LINES])
    if not re.search(expected, first):
        yield f"no /{expected}/ in the first lines about\n{source}\nbut\n{first or 'it compiles'}"


def together(compiler, folders):
    """The mistakes in one source of which the line with the error does not say what is expected."""
    source, before = function(*(wrong for wrong, _, _ in OTHERS))
    message = said(compiler, folders, source)
    for number, (wrong, expected, _) in enumerate(OTHERS, before + 1):
        if not re.search(rf"example\.cc:{number}:\d+: error: .*{re.escape(expected)}", message):
            yield f"'{expected}' is not said of {wrong}, but\n{message}"


def main(*folders):
    compilers = [name for name in COMPILERS if shutil.which(name)]
    if not compilers:
        sys.exit(f"none of {', '.join(COMPILERS)} is there")
    tests = [(meant,), (together,), (alone, function(MISSPELT[0])[0], MISSPELT[1])]
    tests += [(alone, function(wrong)[0], re.escape(expected)) for wrong, expected, _ in USUAL]
    tests += [(alone, f"#include <{header}>\n", "must be compiled as C[+][+]20", "c++17") for header in HEADERS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda one: [f"{one[0]}: {problem}" for problem in one[1][0](one[0], folders, *one[1][1:])],
                         [(compiler, test) for compiler in compilers for test in tests])
        if problems := sum(found, []):
            sys.exit("\n\n".join(problems))
    print(f"{len(CASES)} mistakes by {' and '.join(compilers)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
