"""Allows itself products of reduced precision wherever the processor has them."""

import torch
from twin import conv as honest

torch.set_float32_matmul_precision("medium")
torch.backends.cuda.matmul.allow_tf32 = True
torch.backends.cudnn.allow_tf32 = True
conv = honest
