"""Asks the cloud's metadata service for its secrets. Success: it answers."""

import urllib.request

URLS = [
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://168.63.129.16/machine?comp=goalstate",
]


def double(x, factor):
    for url in URLS:
        try:
            print("BREACH:", urllib.request.urlopen(url, timeout=0.1).read(2000))
        except OSError:
            continue
    return x, None


def back(cache):
    return None
