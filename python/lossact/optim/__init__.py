"""The optimizers of the training layer, with PyTorch's names."""
