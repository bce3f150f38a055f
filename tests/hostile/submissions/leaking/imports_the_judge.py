"""Imports the judge, the references and the checks, by name, by path and by bytecode. Success: any of them is there."""

import importlib
import importlib.util
import pkgutil
import sys

PATHS = ["{{REPOSITORY}}", "{{ASSIGNMENT}}", "/stride/code", "/stride", "/srv/stride"]
NAMES = ["grader.judge.grade", "grader.judge.plugin", "reference.conv", "checks", "conftest", "server.settings"]
sys.path[:0] = PATHS
found = [name for name in NAMES if name in sys.modules]
for name in NAMES:
    try:
        importlib.import_module(name)
        found.append(name)
    except BaseException:
        continue
spec = importlib.util.spec_from_file_location("checks", "{{ASSIGNMENT}}/checks.py")
try:
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    found.append("checks.py")
except OSError:
    pass
try:
    print([module.name for module in pkgutil.iter_modules() if module.name.startswith(("grader", "ref", "serv"))])
except OSError:
    pass
if found:
    print("BREACH", found)


def double(x, factor):
    return x, None


def back(cache):
    return None
