#!/usr/bin/env python3
"""Times every function in turns with PyTorch, in one process, on the same arrays; writes docs/performance.md.

    cmake --preset bench && cmake --build --preset bench --target bench_versus
    python3 -m venv ENV && ENV/bin/pip install torch==2.13.0
    ENV/bin/python bench/versus.py build/bench/bench/versus.so docs/performance.md

What is measured comes from the library, and is matched with PyTorch by name: `aten::NAME.out` and
`aten::NAME_backward.grad_input` where PyTorch has kernels for them, else torch.nn.functional.NAME and the node of its
graph. The goals are docs/performance-goals.json.
"""

import argparse
import ast
import ctypes
import inspect
import pathlib
import statistics
import time
import warnings

import torch
from versus_page import goals_list, introduction, number, shape_text, table

LISTS = ((16384, "one"), (33554432, "all"))
ROWS = ((4096, 10), (1024, 1000), (64, 128256))
CALL = 16  # elements of a call that is all overhead
GROUP = 200e-6  # seconds that calls are timed together for
# What PyTorch's kernels ask for and have no default of, where the library has no such parameter.
FIXED = {"scale": 1, "input_scale": 1, "is_result": False, "self_is_result": False, "threshold": 20}


class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        size, pointer, text = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_char_p
        for name, result, arguments in (
            ("version", text, []), ("processor", text, []), ("target", text, []), ("set_threads", None, [ctypes.c_int]),
            ("count", size, []), ("name", text, [size]), ("by_rows", ctypes.c_bool, [size]), ("pass", text, [size]),
            ("in_torch", ctypes.c_bool, [size]), ("default", text, [size, text]), ("weight", ctypes.c_double, [size]),
            ("run", ctypes.c_double, [size, ctypes.c_int, size, size, pointer, pointer, pointer, pointer, size]),
            ("copy", ctypes.c_double, [size, size, pointer, pointer, pointer, ctypes.c_int, size]),
        ):
            function = getattr(self.c, "versus_" + name)
            function.restype, function.argtypes = result, arguments

    def text(self, what, *arguments):
        found = getattr(self.c, "versus_" + what)(*arguments)
        return found if found is None else found.decode()

    def works(self):
        return [Work(self, i) for i in range(self.c.versus_count()) if self.c.versus_in_torch(i)]


class Work:
    def __init__(self, library, index):
        self.library, self.index = library, index
        self.name, self.kind = library.text("name", index), library.text("pass", index)
        self.by_rows = library.c.versus_by_rows(index)
        self.is_loss = self.kind == "gradient"
        self.weight = library.c.versus_weight(index)

    def default(self, parameter):
        text = self.library.text("default", self.index, parameter.encode())
        try:
            return text if text is None else ast.literal_eval({"true": "True", "false": "False"}.get(text, text))
        except (ValueError, SyntaxError):
            return None


class Arrays:
    """Of one shape: input, what is beside it, the output of the function and the result."""

    def __init__(self, rows, classes):
        torch.manual_seed(0)
        self.rows, self.classes, n = rows, classes, rows * classes
        self.normal = [(torch.randn(min(n, 65536)) * 2).repeat(n // min(n, 65536) + 1)[:n] for _ in range(2)]
        self.input, self.second, self.output, self.result = (torch.empty(rows, classes) for _ in range(4))
        self.labels = torch.randint(0, classes, (rows,))

    def prepare(self, work, forward):
        self.input.copy_(self.normal[0].view_as(self.input))
        self.second.copy_(self.normal[1].view_as(self.input))
        if work.is_loss and not work.by_rows:  # probabilities suit every loss of pairs
            self.input.sigmoid_(), self.second.sigmoid_()
        if forward:
            own(forward, self, 0, self.input, self.output)(1)


def own(work, arrays, accuracy, source, result):
    c, pointers = work.library.c, [t.data_ptr() for t in (source, arrays.second, arrays.labels, result)]

    def run(calls):
        seconds = c.versus_run(work.index, accuracy, arrays.rows, arrays.classes, *pointers, calls)
        if seconds < 0:
            raise RuntimeError(work.name)
        return seconds

    return run


def has_kernel(name):
    return torch._C._dispatch_has_kernel_for_dispatch_key(name, "CPU")


def kernel(name, overload):
    """PyTorch's operator where it has a kernel of its own; what only wraps another one would be timed with a copy."""
    packet = getattr(torch.ops.aten, name, None)
    if packet is None or overload not in packet.overloads():
        return None
    if not has_kernel(f"aten::{name}.{overload}".removesuffix(".default")):
        return None
    return getattr(packet, overload)


def arguments_of(work, operator, known):
    values = {}
    for argument in operator._schema.arguments:
        name = argument.name
        if name in known:
            values[name] = known[name]
        elif (own_default := work.default(name)) is not None and not isinstance(own_default, str):
            values[name] = own_default
        elif not argument.has_default_value():
            values[name] = FIXED[name]
    return values


def functional(work):
    """The function of torch.nn.functional with the library's options, or None."""
    f = getattr(torch.nn.functional, work.name, None)
    if f is None:
        return None
    extra = {"dim": -1} if work.by_rows and not work.is_loss else {}
    try:
        for parameter in inspect.signature(f).parameters:
            value = work.default(parameter)
            if value is not None and not isinstance(value, str):
                extra[parameter] = value
    except ValueError:
        pass  # a builtin says nothing of itself; its defaults are the library's
    return lambda *tensors: f(*tensors, **extra)


def theirs(work, arrays):
    """(a call of no arguments, what it calls), or None where PyTorch has nothing of the name."""
    x, second, y, result = arrays.input, arrays.second, arrays.output, arrays.result
    f = functional(work)
    if f is None:
        return None
    beside = [] if work.weight != work.weight else [torch.tensor([work.weight])]
    if work.kind == "gradient":
        leaf = x.detach().requires_grad_()
        target = arrays.labels if work.by_rows else second
        return lambda: torch.autograd.grad(f(leaf, target), leaf), f"F.{work.name}, autograd.grad"
    if work.kind == "forward":
        if operator := kernel(work.name, "out"):
            values = arguments_of(work, operator, {"self": x, "out": result})
            return lambda: operator(**values), f"aten::{work.name}.out"
        return lambda: f(x, *beside), f"F.{work.name}"
    for overload in ("grad_input", "default"):
        if operator := kernel(work.name + "_backward", overload):
            known = {"grad_output": second, "self": x, "self_or_result": x, "output": y, "grad_input": result}
            values = arguments_of(work, operator, known)
            return lambda: operator(**values), f"aten::{work.name}_backward" + ".grad_input" * (overload != "default")
    leaf = x.detach().requires_grad_()
    node = f(leaf, *(w.requires_grad_() for w in beside)).grad_fn
    return lambda: node(second), node.name()


def timed(call):
    def run(calls):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - start) / calls

    return run


def in_turns(contenders, seconds, pause):
    """Seconds of a call of each, round by round."""
    calls = {}
    for name, run in contenders.items():
        run(1)
        calls[name] = max(1, min(100000, int(GROUP / max(run(1), 1e-9))))
    times = {name: [] for name in contenders}
    start = time.perf_counter()
    while len(times["copy"]) < 3 or time.perf_counter() - start < seconds:
        for name, run in contenders.items():
            if pause:
                # Threads of the one library that still spin would take the other's cores.
                time.sleep(0.02)
                run(1)
            times[name].append(run(calls[name]))
    return times


def measure(work, works, arrays, threads, seconds, tiny):
    forward = next((w for w in works if w.name == work.name and w.kind == "forward"), None)
    arrays.prepare(work, forward)
    from_output = work.kind == "from output"
    source = arrays.output if from_output else arrays.input
    contenders = {"copy": lambda calls: work.library.c.versus_copy(
        work.index, arrays.input.numel(), source.data_ptr(), arrays.second.data_ptr(), arrays.result.data_ptr(),
        threads, calls)}
    for accuracy, name in enumerate(("faithful", "fast")):
        contenders[name] = own(work, arrays, accuracy, source, arrays.result)
    overhead = 0
    found = theirs(work, arrays)
    if found:
        tiny.prepare(work, forward)
        one = timed(theirs(work, tiny)[0])
        one(100)
        overhead = min(one(100) for _ in range(7))
        contenders["torch"] = timed(found[0])
    times = in_turns(contenders, seconds, threads > 1)
    if found:
        times["torch"] = [max(t - overhead, 0) for t in times["torch"]]

    def ratio(a, b):
        return statistics.median(x / y for x, y in zip(times[a], times[b]))

    n = arrays.input.numel()
    row = {"function": work.name, "pass": work.kind, "rows": arrays.rows, "classes": arrays.classes, "threads": threads,
           "called": found[1] if found else ""}
    for name in times:
        row[name] = statistics.median(times[name]) * 1e9 / n
    for name in ("faithful", "fast"):
        row[name + " copies"] = ratio(name, "copy")
        if found:
            row[name + " times"] = ratio("torch", name)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", help="the built versus.so")
    parser.add_argument("page", type=pathlib.Path, help="where the page goes")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each measurement (default 0.5)")
    parser.add_argument("--function", action="append", help="this one only, without the goals; may be repeated")
    arguments = parser.parse_args()

    warnings.simplefilter("ignore")  # of reductions to come
    # PyTorch allocates results that it cannot be given an array for: from here on memory stays with the process, so
    # that not the system's handing out of pages is timed on one side.
    libc, trim_threshold, mmap_max = ctypes.CDLL(None), -1, -4
    libc.mallopt(mmap_max, 0), libc.mallopt(trim_threshold, 2**31 - 1)

    library = Library(str(pathlib.Path(arguments.library).resolve()))
    works = [w for w in library.works() if not arguments.function or w.name in arguments.function]
    everything, all_threads = library.works(), torch.get_num_threads()
    rows, calls = [], {}

    def threads_are(count):
        torch.set_num_threads(count)
        library.c.versus_set_threads(0 if count == all_threads else count)

    sections = [((1, size), 1 if which == "one" else all_threads, False) for size, which in LISTS]
    sections += [(shape, threads, True) for shape in ROWS for threads in sorted({1, all_threads})]
    parts = []
    for shape, threads, by_rows in sections:
        chosen = [w for w in works if w.by_rows == by_rows]
        if not chosen:
            continue
        threads_are(threads)
        arrays, tiny = Arrays(*shape), Arrays(1, 2 if by_rows else 1)
        part = [measure(w, everything, arrays, threads, arguments.seconds, tiny) for w in chosen]
        rows += part
        parts += ["", f"## {shape_text(part[0])}, {threads} thread{'s' * (threads > 1)}", "", *table(part)]

    threads_are(1)
    arrays = Arrays(1, CALL)
    for work in works:
        if work.kind == "forward" and not work.by_rows:
            arrays.prepare(work, None)
            run = own(work, arrays, 0, arrays.input, arrays.result)
            calls[work.name] = statistics.median(run(2000) for _ in range(25)) * 1e9

    circumstances = (
        f"{library.text('processor')}, {library.text('target')}; lossact {library.text('version')}, PyTorch "
        f"{torch.__version__}, capability {torch.backends.cpu.get_cpu_capability()}, up to {all_threads} threads.")
    page = [
        *introduction(circumstances),
        *parts, "", f"## A call on {CALL} floats", "",
        "| function | ns |", "|---|--:|", *(f"| {name} | {number(value, 1)} |" for name, value in calls.items()),
    ]
    if not arguments.function:
        page += ["", "## Goals", "", *goals_list(rows, calls)]
    arguments.page.write_text("\n".join(page) + "\n")


if __name__ == "__main__":
    main()
