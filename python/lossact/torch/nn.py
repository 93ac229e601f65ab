"""Modules that replace PyTorch's in a model by changing one import."""
