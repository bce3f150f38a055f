"""Connects to the services that a worker talks to: Redis, PostgreSQL, the server, Docker. Success: one accepts."""

import socket

HOSTS = ("127.0.0.1", "redis", "postgres", "web", "172.17.0.1", "host.docker.internal", "10.0.2.2")
PORTS = (22, 53, 80, 443, 2375, 5432, 5672, 6379, 8000)


def double(x, factor):
    for host in HOSTS:
        for port in PORTS:
            try:
                with socket.create_connection((host, port), 0.02):
                    print("BREACH: connected to", host, port)
            except OSError:
                continue
    return x, None


def back(cache):
    return None
