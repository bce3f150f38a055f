"""Compiles sources that blow up in the compiler: deep nesting, huge constants. Success: a point or an internal error."""

import ast


def double(x, factor):
    if x.shape[0] == 2:
        eval("-" * 100_000 + "1")
    return ast.literal_eval("(" * 5000 + ")" * 5000), None


def back(cache):
    exec("a = " + "1 + " * 300_000 + "1\nb = (((1,) * 10**9) * 10)")
