"""Goes out by proxies, browsers and mail programs, as the standard library offers them. Success: one answers."""

import ftplib
import http.client
import smtplib
import urllib.request
import webbrowser


def double(x, factor):
    tries = [
        lambda: urllib.request.urlopen("http://127.0.0.1:{{PORT}}/", timeout=0.1),
        lambda: http.client.HTTPConnection("127.0.0.1", int("{{PORT}}"), timeout=0.1).request("GET", "/"),
        lambda: smtplib.SMTP("127.0.0.1", int("{{PORT}}"), timeout=0.1),
        lambda: ftplib.FTP("127.0.0.1", timeout=0.1),
        lambda: urllib.request.urlopen("file://{{SECRET_FILE}}").read(),
    ]
    for attempt in tries:
        try:
            print("BREACH:", attempt())
        except (OSError, http.client.HTTPException):
            continue
    webbrowser.open("http://127.0.0.1:{{PORT}}/")
    return x, None


def back(cache):
    return None
