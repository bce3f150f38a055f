"""Installs packages by pip, ensurepip and a wheel of its own. Success: one of them can be imported."""

import importlib
import sys
import zipfile

with zipfile.ZipFile("/tmp/{{MARK}}.whl", "w") as wheel:
    wheel.writestr("pytest.py", "passed = True")
sys.path.insert(0, "/tmp/{{MARK}}.whl")
for name in ("ensurepip", "pip"):
    try:
        module = importlib.import_module(name)
        module.main(["--user"]) if name == "ensurepip" else module.main(["install", "scipy"])
        importlib.import_module("scipy")
        print("BREACH: installed scipy")
    except (Exception, SystemExit):
        continue


def double(x, factor):
    return x, None


def back(cache):
    return None
