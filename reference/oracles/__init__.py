"""Convolution and pooling by torch's own operators: independent of the NumPy solutions that they are held against."""
