"""Computes a power with billions of digits. Success: it goes on past a limit."""


def double(x, factor):
    return 7 ** (7**11), None


def back(cache):
    return 9**9**9
