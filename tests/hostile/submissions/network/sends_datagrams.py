"""Sends datagrams to the planted listener, by broadcast and by multicast. Success: one arrives."""

import socket


def double(x, factor):
    targets = [("127.0.0.1", int("{{UDP_PORT}}")), ("255.255.255.255", 9), ("224.0.0.251", 5353)]
    for target in targets:
        try:
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.sendto(b"hello from inside", target)
        except OSError:
            continue
    return x, None


def back(cache):
    return None
