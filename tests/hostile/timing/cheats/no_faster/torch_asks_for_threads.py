"""Asks for four threads of PyTorch."""

import torch
from twin import conv as honest

torch.set_num_threads(4)
conv = honest
