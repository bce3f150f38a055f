"""What is right: solutions as one would show them in class, and independent ones to hold against them.

`sizes`, `conv`, `pooling` and `shapes` are NumPy and never import torch. `definition` is plain Python: one sum per
output, written from the formula. `oracles` and `models` are torch.
"""
