"""Makes packets by itself: raw, packet and ICMP sockets. Success: one opens."""

import socket


def double(x, factor):
    kinds = [
        (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
        (socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)),
        (socket.AF_PACKET, socket.SOCK_DGRAM, 0),
    ]
    for kind in kinds:
        try:
            socket.socket(*kind)
            print("BREACH: opened", kind)
        except OSError:
            continue
    return x, None


def back(cache):
    return None
