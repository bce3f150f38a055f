"""All of Stride that is inside the sandbox. Imports the standard library, NumPy and torch, and nothing else of ours."""
