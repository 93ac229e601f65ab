"""The optimizers of the training layer, with PyTorch's names, defaults and formulas."""

from lossact import _core

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]


class Optimizer:
    """Trains parameters by their gradients. `params` are tensors, or groups of them with options of their own:
    [{"params": [...], "lr": 0.1}, ...]. A group's "lr" may be changed between steps."""

    _core_class = None

    def __init__(self, params, defaults):
        params = list(params)
        if not params:
            raise ValueError(f"[{type(self).__name__}] there is no parameter to train")
        self.defaults = defaults
        self.param_groups = []
        self._steps = []
        for group in params if isinstance(params[0], dict) else [{"params": params}]:
            self.add_param_group(group)

    def add_param_group(self, param_group):
        """Trains more tensors, with options of their own."""
        unknown = set(param_group) - {"params", *self.defaults}
        if unknown:
            raise ValueError(f"[{type(self).__name__}] a group has {sorted(unknown)}, expected {sorted(self.defaults)}")
        group = {**self.defaults, **param_group}
        tensors = group["params"]
        group["params"] = [tensors] if isinstance(tensors, _core.Tensor) else list(tensors)
        trained = {id(tensor) for other in self.param_groups for tensor in other["params"]}
        if any(id(tensor) in trained for tensor in group["params"]):
            raise ValueError(f"[{type(self).__name__}] a parameter is in more than one group")
        options = {name: value for name, value in group.items() if name != "params"}
        self._steps.append(type(self)._core_class(group["params"], **options))
        self.param_groups.append(group)

    def zero_grad(self, set_to_none=True):
        """Forgets all gradients; the next backward() starts anew."""
        for group in self.param_groups:
            for tensor in group["params"]:
                if tensor.grad is not None:
                    tensor.grad = None if set_to_none else tensor.grad.detach() * 0

    def step(self, closure=None):
        """One step along the gradients. A closure computes the loss again, which is returned."""
        loss = None if closure is None else closure()
        for group, step in zip(self.param_groups, self._steps):
            step.lr = group["lr"]
            step.step()
        return loss

    def __repr__(self):
        groups = ""
        for index, group in enumerate(self.param_groups):
            options = "".join(f"    {name}: {value}\n" for name, value in sorted(group.items()) if name != "params")
            groups += f"Parameter Group {index}\n{options}"
        return f"{type(self).__name__} (\n{groups})"


class SGD(Optimizer):
    """g = grad + weight_decay w; b = momentum b + (1 - dampening) g, b = g at first; w -= lr b, or with nesterov
    w -= lr (g + momentum b)."""

    _core_class = _core.SGD

    def __init__(self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False):
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
            },
        )


class Adam(Optimizer):
    """g = grad + weight_decay w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; at step t
    w -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + eps). Kingma and Ba 2015, arXiv:1412.6980."""

    _core_class = _core.Adam

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})


class AdamW(Optimizer):
    """Adam whose weight decay is w -= lr weight_decay w. Loshchilov and Hutter 2019, arXiv:1711.05101."""

    _core_class = _core.AdamW

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})
