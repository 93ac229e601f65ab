"""Writes what PyTorch computes to standard output, for the exhaustive sweep to judge.

torch_results.py NAME STRIDE BLOCK [WEIGHT]: first a line with PyTorch's version, or an empty one where PyTorch or the
function is missing. Then, for each block of every STRIDE-th of the 2^32 floats, in the order of their bits, the values
of the function and its derivatives, as floats.
"""

import sys

try:
    import torch
except ImportError:
    torch = None


def function(name, weight):
    module = torch.nn
    if hasattr(module.functional, name):
        f = getattr(module.functional, name)
        return (lambda x: f(x, weight)) if weight is not None else f
    return getattr(module, name.capitalize(), lambda: None)()


def main():
    name, stride, block = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    weight = torch.tensor([float(sys.argv[4])]) if torch and len(sys.argv) > 4 else None
    f = function(name, weight) if torch else None
    out = sys.stdout.buffer
    out.write(f"{torch.__version__ if f else ''}\n".encode())
    if not f:
        return
    torch.set_num_threads(1)
    for first in range(0, 2**32, block * stride):
        bits = torch.arange(first, min(first + block * stride, 2**32), stride)
        x = bits.to(torch.int32).view(torch.float32).requires_grad_()  # the low half of each
        y = f(x)
        y.backward(torch.ones_like(y))
        out.write(y.detach().numpy())
        out.write(x.grad.numpy())


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(1)
