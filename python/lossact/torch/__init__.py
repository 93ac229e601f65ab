"""Lossact's functions as modules of PyTorch."""
