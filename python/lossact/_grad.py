"""Whether operations are recorded for backward()."""

import functools

from lossact import _core


class Node:
    """The operation that made a tensor, by PyTorch's name for it."""

    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name

    def __repr__(self):
        return f"<{self._name}>"


class _GradMode:
    """A context manager, and a decorator, within which operations of this thread are recorded or not."""

    def __init__(self, mode):
        self._mode = mode
        self._before = []

    def __enter__(self):
        self._before.append(_core.set_grad_enabled(self._mode))
        return self

    def __exit__(self, *exception):
        _core.set_grad_enabled(self._before.pop())

    def __call__(self, function):
        mode = self._mode

        @functools.wraps(function)
        def within(*arguments, **options):
            with _GradMode(mode):
                return function(*arguments, **options)

        return within


class no_grad(_GradMode):
    """with no_grad(): operations are not recorded for backward(). Also a decorator, with or without parentheses."""

    def __new__(cls, function=None):
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function=None):
        super().__init__(False)


class enable_grad(_GradMode):
    """with enable_grad(): operations are recorded, as they are outside no_grad()."""

    def __new__(cls, function=None):
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function=None):
        super().__init__(True)


class set_grad_enabled(_GradMode):
    """with set_grad_enabled(mode): either of the two. As a call alone it holds from now on."""

    def __init__(self, mode):
        super().__init__(bool(mode))
        self._before.append(_core.set_grad_enabled(self._mode))

    def __enter__(self):
        return self


is_grad_enabled = _core.is_grad_enabled
