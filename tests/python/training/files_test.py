"""Files that cannot be read or written are the errors that Python has for them."""

import json
import os
import struct

import pytest

import lossact


def raised(call):
    with pytest.raises(OSError) as caught:
        call()
    return caught.value


def test_what_the_system_refuses_is_what_python_raises_for_it(tmp_path):
    # As open() does: the class, the number, the file's name.
    (tmp_path / "file").write_bytes(b"x")
    for path, error in [
        (tmp_path / "none", FileNotFoundError),
        (tmp_path, IsADirectoryError),
        (tmp_path / "file" / "below", NotADirectoryError),
        (tmp_path / ("x" * 300), OSError),
        (os.fsdecode(os.fsencode(tmp_path) + b"/\xff"), FileNotFoundError),
    ]:
        ours, pythons = raised(lambda: lossact.load(path)), raised(lambda: open(path, "rb"))
        assert type(ours) is type(pythons) is error
        assert ours.errno == pythons.errno and ours.filename == str(path)
    for path, error in [
        (tmp_path / "none" / "model", FileNotFoundError),
        (tmp_path, IsADirectoryError),
        (tmp_path / "file" / "below", NotADirectoryError),
        (tmp_path / ("x" * 300), OSError),
    ]:
        ours, pythons = raised(lambda: lossact.save({}, path)), raised(lambda: open(path, "wb"))
        assert type(ours) is type(pythons) is error
        assert ours.errno == pythons.errno and ours.filename == str(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_message_names_whatever_the_file_is_called(tmp_path):
    # A name that is no UTF-8, and one of a tensor that is cut within a letter.
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    for text in [b"{1}", json.dumps({"x" + "\u6f22" * 30: 1}, ensure_ascii=False).encode()]:
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
        with pytest.raises(ValueError) as caught:
            lossact.load(path)
        assert type(caught.value) is ValueError and str(caught.value).startswith(f"{path}: ")
