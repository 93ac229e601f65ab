"""Gradients of the tensor of the training layer, and what changing a tensor in place means for them."""

import copy

import pytest

import lossact


def test_gradients():
    w = lossact.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = (w**2).sum() + w[0] * 5 - w[1:].mean()
    assert loss.requires_grad and not loss.is_leaf and w.is_leaf and w.grad is None
    loss.backward()
    assert w.grad.tolist() == [7, 3.5, 5.5]
    with pytest.raises(RuntimeError, match="freed"):
        loss.backward()
    (w * 2).backward(lossact.tensor([1.0, 0.0, 0.0]))
    assert w.grad.tolist() == [9, 3.5, 5.5]
    w.grad = None
    assert w.grad is None
    with pytest.raises(RuntimeError):
        w.numpy()
    with pytest.raises(BufferError):
        w.__dlpack__()


def test_no_grad():
    w = lossact.ones(2, requires_grad=True)
    with lossact.no_grad():
        assert not (w * 2).requires_grad
        with lossact.enable_grad():
            assert (w * 2).requires_grad
        w -= 0.5
    assert w.tolist() == [0.5, 0.5] and w.requires_grad and (w * 2).requires_grad

    @lossact.no_grad()
    def outside():
        return w * 2

    @lossact.no_grad
    def too():
        return w * 2

    assert not outside().requires_grad and not too().requires_grad
    with pytest.raises(KeyError):
        with lossact.no_grad():
            raise KeyError
    assert lossact.is_grad_enabled()


def test_a_leaf_is_not_changed_where_it_is_recorded():
    w = lossact.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        w[0] = 2
    with pytest.raises(RuntimeError, match="leaf"):
        w += 1
    assert w.tolist() == [1, 1, 1]
    w.data[0] = 2
    assert w.tolist() == [2, 1, 1]


def test_a_recorded_change_is_in_the_graph():
    w = lossact.tensor([1.0, 2.0, 3.0], requires_grad=True)
    h = same_object = w * 2
    h[1] = 7
    h *= 3
    assert same_object is h and h.tolist() == [6, 21, 18]
    h.sum().backward()
    assert w.grad.tolist() == [6, 0, 6]
    target = lossact.zeros(2)
    target[0] = w[2]
    target.sum().backward()
    assert w.grad.tolist() == [6, 0, 7]
    view = (w * 2)[0:2]
    with pytest.raises(RuntimeError, match="shares its data"):
        view[0] = 1


def test_a_graph_notices_that_its_input_changed():
    w, factor = lossact.ones(2, requires_grad=True), lossact.ones(2)
    product = (w * factor).sum()
    factor[0] = 5
    with pytest.raises(RuntimeError, match="changed in place"):
        product.backward()


def test_in_place_changes_keep_shape_and_type():
    x = lossact.ones(2)
    view = x[0:1]
    x += 1
    assert view.item() == 2
    for change in (lambda: x.add_(lossact.ones(3, 2)), lambda: x.mul_(lossact.ones(2, dtype=lossact.float64))):
        with pytest.raises((ValueError, TypeError)):
            change()
    counts = lossact.tensor([1, 2])
    with pytest.raises(TypeError):
        counts += 0.5
    counts += 1
    assert counts.tolist() == [2, 3] and x.tolist() == [2, 2]
    assert x.zero_().tolist() == [0, 0] and x.fill_(3).tolist() == [3, 3]


def test_copies():
    w = lossact.ones(2, requires_grad=True)
    other = lossact.tensor(w)
    other[0] = 5
    assert w.tolist() == [1, 1] and other.is_leaf and not other.requires_grad
    deep = copy.deepcopy(w)
    deep.data[0] = 5
    assert deep.requires_grad and w.tolist() == [1, 1]
