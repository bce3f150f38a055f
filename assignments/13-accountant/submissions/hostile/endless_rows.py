"""Returns a list that is a hundred million rows long, and a finding nested in itself."""

import sys


def analyse(spec, in_shape):
    return [{"name": "", "out": (), "params": 0, "macs": 0}] * 10**8


def lint(spec, in_shape):
    found = []
    for _ in range(100):
        found = [found, found]
    return found
