"""The package as one part of a program: its memory stays flat, its kernels let other threads run, a forked process goes
on calling, and Ctrl-C arrives. Each in a process of its own; no time is asserted but that none hangs."""

import importlib
import itertools
import os
import pickle
import subprocess
import sys
import textwrap
import weakref

import numpy as np
import pytest
from registry import BY_NAME, FUNCTIONS, arguments, backward_arguments, by_name, extra

from lossact import _core

HANGS = 120  # seconds; what takes a hundredth of it on an idle machine has stopped


def run(script):
    """What a script prints, which has the imports that the ones below share."""
    begin = """
    import os, signal, sys, threading, time
    import numpy as np
    import lossact
    from lossact import functional
    """
    script = textwrap.dedent(begin) + textwrap.dedent(script)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=HANGS)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def memory():
    """Bytes of this process that lie in main memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def mixed_calls():
    """Every function on small arrays, in ways that succeed and in ways that are refused."""
    for function in FUNCTIONS:
        for element in ("float32", "float64", "float16"):
            arrays = arguments(function, (4, 3), element)
            out = np.empty_like(function(*arrays, **extra(function)))
            yield lambda f=function, a=arrays, o=extra(function): f(*a, **o)
            if out.ndim:
                yield lambda f=function, a=arrays, o=dict(extra(function), out=out): f(*a, **o)
            back, slopes = BY_NAME[function.function + "_backward"], backward_arguments(function, arrays)
            yield lambda f=back, a=slopes, o=extra(function): f(*a, **o)
            strided = [np.asfortranarray(arrays[0]), *arrays[1:]]
            yield lambda f=function, a=strided, o=extra(function): f(*a, **o)
            buffer = memoryview(arrays[0])
            if element != "float16" and len(arrays) == 1:
                yield lambda f=function, a=buffer, o=extra(function): f(a, **o)
        yield lambda f=function, a=arrays: refused(f, *a, accuracy="exact")
        yield lambda f=function, a=arrays: refused(f, *a, nonsense=1)
        yield lambda f=function, a=arrays: refused(f, "text", *a[1:])


def refused(function, *arrays, **options):
    try:
        function(*arrays, **options)
    except (TypeError, ValueError):
        return
    raise AssertionError("not refused")


def test_a_million_calls_leave_memory_as_it_was():
    calls = list(mixed_calls())
    assert len(calls) > 100
    rounds = 1_000_000 // len(calls)

    def repeat(times):
        for _ in itertools.repeat(None, times):
            for call in calls:
                call()

    repeat(rounds // 10)  # caches fill
    before = memory()
    repeat(rounds - rounds // 10)
    # A leak of a single byte for each call would be seen as 900 000; the allocator's own rooms are a few pages.
    assert memory() - before < 500_000


@pytest.mark.parametrize("function", FUNCTIONS, ids=by_name)
def test_references_are_given_back(function):
    arrays = arguments(function, (4, 3))
    back, slopes = BY_NAME[function.function + "_backward"], backward_arguments(function, arrays)
    out = np.empty_like(arrays[0])
    watched = [*arrays, *slopes, out]
    before = [sys.getrefcount(a) for a in watched]
    for _ in range(10):
        function(*arrays, **extra(function))
        back(*slopes, **extra(function), out=out)
        refused(function, *arrays, accuracy="exact")
        refused(back, *slopes, **extra(function), out=out[:2])
        refused(function, np.zeros(3, "int64"), *arrays[1:])
    assert [sys.getrefcount(a) for a in watched] == before


@pytest.mark.parametrize("place, function", [
    *(("functional", f) for f in _core.functions), *(("information", f) for f in _core.modules["lossact.information"])], ids=str)
def test_a_function_travels_to_another_process_by_its_name(place, function):
    assert pickle.loads(pickle.dumps(function)) is function
    assert repr(function) == f"<function lossact.{place}.{function.__name__}>"
    assert getattr(importlib.import_module(f"lossact.{place}"), function.__name__) is function


@pytest.mark.parametrize("function", [*_core.functions, *_core.modules["lossact.information"]], ids=str)
def test_functions_are_weakly_referenced(function):
    """As whoever keeps something by function does, functools' caches and jax.jit."""
    kept = weakref.WeakKeyDictionary({function: 1})
    assert weakref.ref(function)() is function and kept[function] == 1


@pytest.mark.parametrize("x", ['np.zeros(1 << 20, "f")', 'np.zeros(16, "f")', 'array.array("f", [0] * 16)',
                               'memoryview(np.zeros(1 << 16, "f"))'])
@pytest.mark.parametrize("call", ["tanh(x)", "mse_loss(x, x)", "mse_loss_with_gradient(x, x)"])
def test_a_program_ends_while_a_daemon_thread_computes(x, call):
    """Python ends such a thread as it comes back for the interpreter; several begin at once."""
    for _ in range(2):
        printed = run(
            f"""
            import array
            x = {x}
            def other():
                while True:
                    functional.{call}
            for _ in range(3):
                threading.Thread(target=other, daemon=True).start()
            time.sleep(0.1)
            print("over")
            """
        )
        assert printed == ["over"]


@pytest.mark.parametrize("where", ["importing", "ordinary", "dispatch"])
def test_a_program_ends_while_a_daemon_thread_is_in_what_calls_are_handed_to(where):
    """In PyTorch's place something that lasts: PyTorch's own functions end the process where a daemon thread is in them."""
    printed = run(
        f"""
        import types
        begun = threading.Event()
        def lasts(*given):
            del given  # the call itself is the last to hold them
            begun.set()
            while True:
                time.sleep(1e-4)
        torch, beside = types.ModuleType("torch"), types.ModuleType("lossact.torch._dispatch")
        class Tensor:
            __torch_function__ = requires_grad = False
        torch.Tensor, sys.modules["torch"] = Tensor, torch
        beside.ordinary = lasts if "{where}" == "ordinary" else lambda: False
        beside.dispatch = lasts
        if "{where}" == "importing":
            class Finder:
                find_spec = lasts
            sys.meta_path.insert(0, Finder())
        else:
            sys.modules["lossact.torch._dispatch"] = beside
        threading.Thread(target=functional.tanh, args=(Tensor(),), daemon=True).start()
        begun.wait()
        class Last:
            def __del__(self, sleep=time.sleep):
                sleep(0.1)  # the interpreter is ending, and the thread finds it so
        sys.modules["last"] = Last()
        print("over")
        """
    )
    assert printed == ["over"]


def test_a_forked_process_goes_on():
    """After threads have run, as in a data loader: the child starts its own."""
    printed = run(
        """
        x = np.linspace(-4, 4, 1 << 21, dtype="float32")
        before = functional.softmax(x.reshape(-1, 64), 1), functional.tanh(x)
        for _ in range(5):
            child = os.fork()
            if child == 0:
                after = functional.softmax(x.reshape(-1, 64), 1), functional.tanh(x)
                loss = functional.mse_loss(x, x)
                os._exit(0 if all(map(np.array_equal, before, after)) and loss == 0 else 3)
            assert np.array_equal(functional.tanh(x), before[1])
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    assert printed == ["0"] * 5


def test_workers_of_multiprocessing_go_on():
    printed = run(
        """
        import multiprocessing
        x = np.linspace(-4, 4, 1 << 20, dtype="float32")
        expected = functional.tanh(x)
        with multiprocessing.get_context("fork").Pool(2) as pool:
            for result in pool.map(functional.tanh, [x] * 4):
                print(np.array_equal(result, expected))
        """
    )
    assert printed == ["True"] * 4


def test_other_threads_run_during_a_kernel():
    """A kernel that held the interpreter would let the other thread count at its beginning and its end alone."""
    counted = run(
        """
        x = np.zeros(1 << 24, "float32")
        out, count, begun, over = np.empty_like(x), 0, threading.Event(), False
        def other():
            global count
            begun.set()
            while not over:
                count += 1
                time.sleep(0)
        sys.setswitchinterval(1000)  # the interpreter is not handed over but by who gives it away
        thread = threading.Thread(target=other)
        thread.start()
        begun.wait()
        for call in (lambda: functional.tanh(x, out=out), lambda: functional.mse_loss(x, x),
                     lambda: functional.softmax(x.reshape(-1, 64), 1, out=out.reshape(-1, 64)),
                     lambda: functional.cross_entropy(x.reshape(-1, 64), np.zeros(1 << 18, "int64"))):
            before = count
            for _ in range(1000):  # on a busy machine the other thread may have no core for as long as a call takes
                call()
                if count - before > 10:
                    break
            print(count - before)
        over = True
        thread.join()
        """
    )
    assert len(counted) == 4 and all(int(count) > 10 for count in counted), counted


def test_ctrl_c_arrives():
    """While calls follow each other, and after the one call that was under way."""
    printed = run(
        """
        x = np.zeros(1 << 20, "float32")
        out = np.empty_like(x)
        for work in (lambda: functional.tanh(x, out=out), lambda: functional.mse_loss(x, x)):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                while True:
                    work()
            except KeyboardInterrupt:
                print("interrupted", np.all(out == 0))
        functional.tanh(x, out=out)
        print("usable")
        """
    )
    assert printed == ["interrupted", "True"] * 2 + ["usable"]
