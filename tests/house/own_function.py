"""A function of a project of one's own: the worked example of CONTRIBUTING.md, unchanged, where Lossact is installed or
a subdirectory. Part of install_test.py, which has what is installed."""

import re
import shutil
import sys

import tree

NAME, EXAMPLE = tree.new_function()
TYPE = re.search(r"Callable<(\w+)>", EXAMPLE)[1]

# Calls it on every target, sees it listed, and prints the bits of what it computed.
CALLS = f"""
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ranges>
#include <vector>
#include <lossact/lossact.h>
#include "{NAME}.h"

void check(bool holds, const char* what) {{
  if (!holds) std::printf("not so: %s\\n", what), std::exit(1);
}}
bool near(double a, double b, double relative) {{ return std::fabs(a - b) <= relative * std::fabs(b); }}

// Asked before main, like everything else of the registry.
const lossact::Function* const before_main = lossact::find("{NAME}");

template <class T>
void compute(double within) {{
  const lossact::{TYPE} options{{.alpha = 1.5}};
  std::vector<T> x, grad_output;
  for (int i = -40; i < 40; ++i) x.push_back(T(i / 8.0)), grad_output.push_back(T(1 + i % 3));
  std::vector<T> y(x.size()), grad_input(x.size()), of_single(x.size());
  for (const lossact::Accuracy accuracy : {{lossact::faithful, lossact::fast}})
    for (const auto target : lossact::targets::available()) {{
      lossact::targets::use(target);
      lossact::{NAME}(x, y, options, accuracy);
      lossact::{NAME}.backward(grad_output, x, grad_input, options, accuracy);
      for (std::size_t i = 0; i < x.size(); ++i) {{
        const double a = static_cast<double>(x[i]), step = 0x1p-12;
        const auto f = [](double v) {{ return 1.5 * v / (1 + std::fabs(v)); }};
        const double difference = (f(a + step) - f(a - step)) / (2 * step) * static_cast<double>(grad_output[i]);
        check(near(static_cast<double>(y[i]), f(a), within), "the value is the formula's");
        check(std::fabs(static_cast<double>(grad_input[i]) - difference) < 5 * within + 2e-3, "the gradient is the differences'");
        std::printf("%a %a%c", static_cast<double>(y[i]), static_cast<double>(grad_input[i]), i % 8 == 7 ? '\\n' : ' ');
      }}
    }}
}}

int main() {{
  const auto all = lossact::functions();
  const lossact::Function* const found = lossact::find("{NAME}");
  check(found && found == before_main && found == &lossact::detail::function_of<lossact::{TYPE}>(), "find() has it");
  check(found->topic == "example" && found->about.formula == lossact::{TYPE}::about.formula, "it says what it is");
  check(all.size() == std::tuple_size_v<decltype(lossact::every_function)> + 1, "functions() has it once");
  check(std::ranges::is_sorted(all, {{}}, [](auto* f) {{ return std::pair(f->topic, f->about.name); }}), "topic by topic");
  compute<float>(1e-6), compute<double>(1e-14), compute<lossact::float16>(1e-3), compute<lossact::bfloat16>(1e-2);
}}
"""

# Trains with it: one of the library's and this one are exchanged for each other.
TRAINS = f"""
#include <cmath>
#include <cstdio>
#include <lossact/nn/nn.h>
#include "{NAME}.h"

int main() {{
  namespace nn = lossact::nn;
  const nn::Tensor x = nn::linspace(-3, 3, 20);
  x.requires_grad_();
  nn::Tensor y = lossact::{NAME}(x);
  y.sum().backward();
  for (std::size_t i = 0; i < 20; ++i) {{
    const double a = x[i].item(), ratio = 1 / (1 + std::fabs(a));
    if (std::fabs(y[i].item() - a * ratio) > 1e-6 || std::fabs(x.grad()[i].item() - ratio * ratio) > 1e-6) return 1;
  }}
  nn::manual_seed(1);
  nn::Sequential network{{nn::Linear(1, 4), lossact::{NAME}.with({{.alpha = 2}}), nn::activation_module("{NAME}"),
                         nn::Linear(4, 1)}};
  nn::Adam optimizer(network.parameters(), {{.lr = 0.05}});
  const nn::Tensor input = nn::linspace(-1, 1, 16).reshape({{16, 1}});
  const auto train = [&] {{
    optimizer.zero_grad();
    const nn::Tensor loss = lossact::mse_loss(network(input), input * input);
    loss.backward(), optimizer.step();
    return loss.item();
  }};
  const double first = train();
  double last = first;
  for (int i = 0; i < 100; ++i) last = train();
  return last < first / 2 ? 0 : 2;
}}
"""

# Calls it nowhere: it is listed all the same.
LISTS = f"""
#include <lossact/registry.h>
int main() {{ return lossact::find("{NAME}") ? 0 : 1; }}
"""
FORGOTTEN = f"""
#include "{NAME}.h"
int main() {{ return lossact::{NAME}(1.0) > 0 ? 0 : 1; }}
"""

ADDED = f"""
add_library(caller OBJECT calls.cc)
add_executable(calls $<TARGET_OBJECTS:caller>)
foreach(target caller calls)
  target_link_libraries(${{target}} PRIVATE lossact::lossact)
endforeach()
lossact_add_function(calls {NAME}.h)
"""
# From an archive, from which a linker takes what is asked for; without Highway; and where the project's own flags are
# what a kernel must not have.
MORE = f"""
add_compile_options(-march=native)
add_library(functions STATIC)
target_link_libraries(functions PUBLIC lossact::nn)
lossact_add_function(functions {NAME}.h TOPIC functions)
foreach(program trains lists)
  add_executable(${{program}} ${{program}}.cc)
  target_link_libraries(${{program}} PRIVATE functions)
endforeach()

add_executable(forgotten EXCLUDE_FROM_ALL forgotten.cc)
target_link_libraries(forgotten PRIVATE lossact::lossact)

add_compile_options(-O2 -ffast-math)
set(CMAKE_DISABLE_FIND_PACKAGE_hwy ON)
set(hwy_FOUND OFF)
add_executable(plain $<TARGET_OBJECTS:caller>)
target_link_libraries(plain PRIVATE lossact::lossact)
lossact_add_function(plain {NAME}.h)
"""


def check(condition, message):
    if not condition:
        sys.exit(message)


def write(folder):
    for name, text in (("calls.cc", CALLS), ("trains.cc", TRAINS), ("lists.cc", LISTS), ("forgotten.cc", FORGOTTEN),
                       (f"{NAME}.h", EXAMPLE)):
        (folder / name).write_text(text)


def words(said):
    """What CMake printed, as it was before it was cut into lines."""
    return re.sub(r"\s+", " ", said)


def refused(folder, option, line, message, files):
    """A project with one more line is refused, in these words."""
    for name, text in files.items():
        (folder / f"{name}.h").write_text(text)
    cmake = folder / "CMakeLists.txt"
    before = cmake.read_text()
    cmake.write_text(f"{before}{line}\n")
    said = tree.run("cmake", folder / "build", option, expect=1)
    check(message in words(said), f"{line} says\n{said}\ninstead of\n{message}")
    cmake.write_text(before)


def test(folder, option):
    """What the built project `folder`, with ADDED and MORE, does."""
    build = folder / "build"
    bits = tree.run(build / "calls")
    check(tree.run(build / "plain") == bits, "without Highway, or with -ffast-math, it computes other bits")
    for program in ("trains", "lists"):
        tree.run(build / program)

    said = tree.run("cmake", "--build", build, "--target", "forgotten", expect=None)
    check(f"undefined reference to `lossact::Function const& lossact::detail::function_of<lossact::{TYPE}>()'" in said,
          f"without lossact_add_function the linker says\n{said}")

    # Its file is what the build depends on, and is read again as it changes: here to what rounds in another way, and would
    # in a third with an FMA that nobody wrote.
    file = folder / f"{NAME}.h"
    file.write_text(EXAMPLE.replace("return m(p.alpha) * r * r;", "return m(p.alpha) * (r - m.abs(x) * r * r);"))
    tree.build(build, "calls", "plain")
    changed = tree.run(build / "calls")
    check(changed != bits, "a change of the file has changed nothing")
    check(tree.run(build / "plain") == changed, "the compiler has made FMAs of products and sums")
    file.write_text(EXAMPLE.replace("constexpr V derivative(", "constexpr V derivativ("))
    said = tree.run("cmake", "--build", build, "--target", "calls", expect=1)
    check("'derivativ' is no piece of a function" in words(said), f"a misspelt piece passes:\n{said}")
    file.write_text(EXAMPLE)

    own = f"add_library(own STATIC calls.cc)\ntarget_link_libraries(own PUBLIC lossact::lossact)\nlossact_add_function(own {{}})"
    renamed = EXAMPLE.replace(f'"{NAME}"', '"other"').replace(f"> {NAME};", "> other;")
    taken = (tree.ROOT / "functions/activation/mish.h").read_text()
    for line, message, files in (
        (f"lossact_add_function(nobody {NAME}.h)", "(nobody): there is no target of this name", {}),
        (f"lossact_add_function(lossact::lossact {NAME}.h)", "nothing is compiled into this target", {}),
        ("lossact_add_function(calls)", "expected lossact_add_function(TARGET FILE... [TOPIC TOPIC])", {}),
        (own.format("absent.h"), f"there is no file {folder}/absent.h", {}),
        (own.format("another.h"), 'another.h says .name = "scaled_softsign": a file is named like its function',
         {"another": EXAMPLE}),
        (own.format(f"{NAME}.h {NAME}.h"), f"{NAME}.h defines {NAME}, which own has already", {}),
        (own.format(f"{NAME}.h other.h"), f"other.h defines {TYPE}, which own has already", {"other": renamed}),
        (own.format("mish.h"), "mish.h defines mish, which lossact::lossact has already", {"mish": taken}),
        (own.format("other.h"), "other.h does not define its function in the namespace lossact",
         {"other": renamed.replace("namespace lossact {\n", "namespace mine {\n")}),
    ):
        refused(folder, option, line, message, files)
