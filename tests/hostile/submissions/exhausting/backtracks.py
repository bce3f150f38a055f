"""Matches a regular expression that backtracks for ages and never lets go of the interpreter. Success: it goes on."""

import re


def double(x, factor):
    re.match(r"(a*)*(a|aa)+$", "a" * 60 + "b")
    return x, None


def back(cache):
    re.fullmatch(r"(x+x+)+y", "x" * 60)
