"""What torch.compile must not read."""

from torch._C._dynamo.eval_frame import _FrameAction, _FrameExecStrategy, set_code_exec_strategy


def eager(function):
    """Runs as it is, and all that it calls, where the code around it is compiled in pieces.

    torch.compiler.disable says the same, and imports the compiler, which takes seconds.
    """
    set_code_exec_strategy(function.__code__, _FrameExecStrategy(_FrameAction.SKIP, _FrameAction.SKIP))
    return function
