"""A 784-2048-2048-10 network with mish learns Fashion-MNIST in PyTorch, once with torch.nn and once with
lossact.torch.nn, from the same weights and batches.

    python examples/pytorch_mish.py [FOLDER]        # the IDX files, gzipped or not

Needs PyTorch and the package lossact. Prints the mean loss of the last tenth of the steps and the time of a step, for
each seed.
"""

import argparse
import gzip
import pathlib
import statistics
import time

import numpy as np
import torch

import lossact.torch.nn


def idx(folder, name):
    """The array of an IDX file."""
    path = next(p for p in (folder / name, folder / f"{name}.gz") if p.exists())
    data = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()
    dims = data[3]
    shape = np.frombuffer(data, ">i4", dims, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape)


def train(nn, images, labels, seed, steps, batch_size):
    """The loss of each step, and the seconds that each took."""
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(784, 2048), nn.Mish(), nn.Linear(2048, 2048), nn.Mish(), nn.Linear(2048, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(network.parameters(), lr=1e-3)
    losses, seconds = [], []
    for _ in range(steps):
        batch = torch.randint(len(images), (batch_size,))
        start = time.perf_counter()
        loss = criterion(network(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
        losses.append(loss.item())
    return losses, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=512)
    arguments = parser.parse_args()
    images = torch.from_numpy(idx(arguments.folder, "train-images-idx3-ubyte").reshape(-1, 784) / np.float32(255))
    labels = torch.from_numpy(idx(arguments.folder, "train-labels-idx1-ubyte").astype(np.int64))

    last = max(1, arguments.steps // 10)
    print("seed  module            loss    ms per step")
    for seed in range(arguments.seeds):
        for name, nn in (("torch.nn", torch.nn), ("lossact.torch.nn", lossact.torch.nn)):
            losses, seconds = train(nn, images, labels, seed, arguments.steps, arguments.batch_size)
            print(f"{seed:4}  {name:16}  {statistics.mean(losses[-last:]):.4f}  {1e3 * statistics.median(seconds):6.1f}")


if __name__ == "__main__":
    main()
