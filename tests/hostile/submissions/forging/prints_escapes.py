"""Prints terminal escapes, markup, NUL, bidirectional marks, lone surrogates. Success: they come out raw."""

import os
import sys

sys.stdout.reconfigure(errors="surrogatepass")


def double(x, factor):
    print("\x1b[2J\x1b]0;owned\x07\x9b31m\x00\x08\x7f\u202e\ud800")
    print("<script>alert(1)</script>{{7*7}}${7*7}=HYPERLINK('x')")
    sys.stdout.flush()
    os.write(1, b"\xff\xfe\x00\x1b[31m\xed\xa0\x80\r\n\x85")
    return x, "\x1b[31m"


def back(cache):
    raise ValueError("\x1b[2J\x00\ud800\u2028<img src=x onerror=alert(1)>")
