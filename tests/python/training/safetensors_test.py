"""Saved tensors are safetensors files, for the package of that name too."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossact

peer = pytest.importorskip("safetensors.numpy", reason="the package safetensors is not installed: not compared with it")

ARRAYS = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 7,
    "exact": np.array(0.1),
    "labels": np.array([1, -(2**60)]),
    "mask": np.array([True, False, True]),
    "empty": np.zeros((2, 0), np.float32),
    "größe": np.ones(1, np.float32),
}


def bits(arrays):
    return {name: (array.dtype, array.shape, array.tobytes()) for name, array in arrays.items()}


def test_each_reads_what_the_other_writes(tmp_path):
    tensors = {name: lossact.tensor(array) for name, array in ARRAYS.items()}
    lossact.save(tensors, tmp_path / "ours.safetensors")
    peer.save_file(ARRAYS, str(tmp_path / "theirs.safetensors"), metadata={"format": "pt"})
    assert bits(peer.load_file(str(tmp_path / "ours.safetensors"))) == bits(ARRAYS)
    loaded = lossact.load(str(tmp_path / "theirs.safetensors"))
    assert bits({name: tensor.numpy() for name, tensor in loaded.items()}) == bits(ARRAYS)


def test_the_bytes_are_the_same(tmp_path):
    lossact.save({name: lossact.tensor(array) for name, array in ARRAYS.items()}, tmp_path / "ours")
    assert (tmp_path / "ours").read_bytes() == peer.save(ARRAYS)


@given(data=st.data())
def test_what_the_other_refuses_is_refused(tmp_path_factory, data):
    # One value of the header is replaced; whatever the package refuses, this does too.
    header = {
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "b": {"dtype": "I64", "shape": [1, 1], "data_offsets": [8, 16]},
    }
    values = st.sampled_from([0, 1, 2, 8, 16, -1, 2**62, "F32", "F64", "BOOL", [], [0, 8], [8, 16], [2**61], None, {}])
    entry = header[data.draw(st.sampled_from(["a", "b"]))]
    entry[data.draw(st.sampled_from(list(entry)))] = data.draw(values)
    text = json.dumps(header).encode()
    content = struct.pack("<Q", len(text)) + text + bytes(data.draw(st.sampled_from([16, 15, 17])))
    path = tmp_path_factory.getbasetemp() / "changed"
    path.write_bytes(content)
    try:
        ours = lossact.load(path)
    except ValueError as error:
        assert str(error).startswith(f"{path}: ")
        return
    theirs = peer.load(content)
    assert bits({name: tensor.numpy() for name, tensor in ours.items()}) == bits(theirs)


def test_errors_write_nothing(tmp_path):
    path = tmp_path / "model"
    lossact.save({"a": lossact.ones(2)}, path)
    before = path.read_bytes()
    for wrong, error in [
        ({"a": 1}, TypeError),
        ({1: lossact.ones(1)}, TypeError),
        ({"__metadata__": lossact.ones(1)}, ValueError),
    ]:
        with pytest.raises(error):
            lossact.save(wrong, path)
    with pytest.raises(FileNotFoundError):
        lossact.save({"a": lossact.ones(1)}, tmp_path / "missing" / "model")
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["model"]
