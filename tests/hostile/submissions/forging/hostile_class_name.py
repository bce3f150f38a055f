"""Raises an exception with markup, terminal escapes and surrogates in its name and text. Success: they come out raw."""

Hostile = type("<script>alert(1)</script>\x1b[2J", (Exception,), {})


def double(x, factor):
    raise Hostile("\ud800\x00<img src=x onerror=alert(1)>\x1b]0;owned\x07")


def back(cache):
    raise Hostile
