"""The course's network architectures in torch, and what they cost."""
