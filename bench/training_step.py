#!/usr/bin/env python3
"""Compares one training step with PyTorch's, each on one thread, in alternating blocks.

    python3 -m venv ENV && ENV/bin/pip install torch==2.13.0 numpy
    ENV/bin/python bench/training_step.py build/release/bench/training_step ACTIVATION LOSS

ACTIVATION and LOSS are names that both libraries know. The network is the program's default: 64 inputs, four hidden
layers of 64, 10 classes, batches of 32, float32, Adam with PyTorch's defaults. Printed are the medians over all steps of
all blocks, and the median over pairs of neighbouring blocks of their ratio.
"""

import argparse
import statistics
import subprocess
import time

import torch


class Network(torch.nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.hidden = torch.nn.ModuleList([torch.nn.Linear(64, 64) for _ in range(4)])
        self.last = torch.nn.Linear(64, 10)
        self.activation = activation

    def forward(self, x):
        for layer in self.hidden:
            x = self.activation(layer(x))
        return self.last(x)


def torch_steps(net, loss, optimizer, data, target, steps):
    """Microseconds of each step."""
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss(net(data), target).backward()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1e6)
    return times


def own_steps(arguments, steps):
    """The same of bench/training_step.cc."""
    command = [arguments.program, arguments.activation, arguments.loss, str(steps)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(line) for line in output.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built bench/training_step")
    parser.add_argument("activation")
    parser.add_argument("loss")
    parser.add_argument("--blocks", type=int, default=20, help="pairs of blocks (default 20)")
    parser.add_argument("--steps", type=int, default=500, help="steps per block (default 500)")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = Network(getattr(torch.nn.functional, arguments.activation))
    loss = getattr(torch.nn.functional, arguments.loss)
    optimizer = torch.optim.Adam(net.parameters())
    data, target = torch.randn(32, 64), torch.randint(0, 10, (32,))

    torch_steps(net, loss, optimizer, data, target, 200)
    own_steps(arguments, 200)
    own, theirs, ratios = [], [], []
    for _ in range(arguments.blocks):
        a = own_steps(arguments, arguments.steps)
        b = torch_steps(net, loss, optimizer, data, target, arguments.steps)
        own += a
        theirs += b
        ratios.append(statistics.median(a) / statistics.median(b))
    print(f"lossact           {statistics.median(own):8.1f} us a step")
    print(f"torch {torch.__version__:11} {statistics.median(theirs):8.1f} us a step")
    print(f"ratio             {statistics.median(ratios):8.3f} (median of {arguments.blocks} pairs, "
          f"from {min(ratios):.3f} to {max(ratios):.3f})")


if __name__ == "__main__":
    main()
