"""Every function of the registry, with PyTorch's signatures, on NumPy, PyTorch and JAX arrays and on lossact.Tensor."""
