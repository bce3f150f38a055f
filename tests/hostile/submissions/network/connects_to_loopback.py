"""Connects to the port that listens on this machine's loopback, by IPv4 and IPv6. Success: it is accepted."""

import socket


def look():
    for host in ("127.0.0.1", "::1", "0.0.0.0", "::ffff:127.0.0.1", "localhost", "127.1.2.3"):
        try:
            with socket.create_connection((host, int("{{PORT}}")), 0.1) as connection:
                connection.sendall(b"hello from inside")
                print("BREACH: connected to", host)
        except OSError:
            continue


def double(x, factor):
    look()
    return x, None


def back(cache):
    return None
