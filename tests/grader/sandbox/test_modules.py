"""A submission of several files: modules that are imported from their text, in every profile, with no file written."""

from __future__ import annotations

import pytest

from grader.contract import Limits
from grader.sandbox.errors import StudentFault
from grader.sandbox.wire import Packer

LIMITS = Limits(memory_mib=600, returned_mib=8)


@pytest.fixture(params=["numpy", "torch"])
def ask(request, launcher):
    """Load `conv.py` with files beside it, and call its `f`: the value, or the fault."""
    opened = []

    def run(entry: str, **beside: str):
        sandbox = launcher.start(request.param, LIMITS)
        opened.append(sandbox)
        files = {"conv.py": entry} | {f"{name}.py": text for name, text in beside.items()}
        call = {"op": "call", "entry": "f", "args": [], "kwargs": {}, "returns": ["value"]}
        try:
            sandbox.ask({"op": "load", "name": "conv.py", "files": files, "entries": ["f"]}, Packer(), 30)
            return sandbox.ask(call, Packer(), 20).value
        except StudentFault as fault:
            return fault

    yield run
    for sandbox in opened:
        sandbox.close()


def test_a_file_beside_the_entry_is_a_module(ask):
    entry = "import a\nfrom b import two\ndef f(): return [a.one(), two, a.__name__, a.__file__]"
    assert ask(entry, a="import b\ndef one(): return b.two - 1", b="two = 2") == [1, 2, "a", "a.py"]


def test_a_module_is_run_when_it_is_imported_and_once(ask):
    entry = "import seen\ndef f():\n    import a, a\n    from a import a\n    return seen.times"
    assert ask(entry, seen="times = []", a="import seen\nseen.times.append(__name__)\na = 1") == ["a"]


def test_modules_that_import_each_other_and_the_entry_see_what_is_there_so_far(ask):
    entry = "one = 1\nimport a\ndef f(): return [a.one, a.late(), a.b.a is a]"
    beside = {"a": "import conv\nimport b\none = conv.one\ndef late(): return conv.f is not None", "b": "import a"}
    assert ask(entry, **beside) == [1, True, True]


def test_a_cycle_that_needs_too_much_is_an_error_in_the_students_own_lines(ask):
    fault = ask("import a\ndef f(): return 1", a="from conv import f\n")
    assert "ImportError: cannot import name 'f' from 'conv' (conv.py)" in str(fault)
    assert [(frame.file, frame.line) for frame in fault.frames] == [("conv.py", 1), ("a.py", 1)]


def test_an_exception_in_another_file_has_its_frames(ask):
    fault = ask("import a\ndef f():\n    return a.fail()", a="def fail():\n    return 1 / 0")
    assert [(frame.file, frame.line, frame.function) for frame in fault.frames] == [
        ("conv.py", 3, "f"),
        ("a.py", 2, "fail"),
    ]


def test_what_cannot_be_compiled_is_named_by_file_and_line(ask):
    fault = ask("import a\ndef f(): return 1", a="x = 1\nreturn x")
    assert fault.kind == "SyntaxError"
    assert ("a.py", 2) in [(frame.file, frame.line) for frame in fault.frames]


def test_no_file_takes_the_place_of_numpy_or_of_the_standard_library(ask):
    entry = (
        "import numpy, random, statistics, tabnanny\n"
        "def f(): return [float(numpy.ones(2).sum()), hasattr(random, 'choice'), statistics.mean([1, 3]),"
        " hasattr(tabnanny, 'check')]"
    )
    forged = dict.fromkeys(("numpy", "random", "statistics", "tabnanny"), "raise SystemExit('replaced')")
    assert ask(entry, **forged) == [2.0, True, 2, True]


def test_a_module_that_nobody_has_is_missing(ask):
    assert "No module named 'b'" in str(ask("import b\ndef f(): return 1", a=""))
    assert "No module named 'a.b'" in str(ask("import a.b\ndef f(): return 1", a=""))


def test_nothing_is_written_to_disk(ask):
    entry = "import layers, os\ndef f(): return [os.path.exists(p) for p in (layers.__file__, '/tmp/layers.py')]"
    assert ask(entry, layers="") == [False, False]


def test_the_source_of_a_module_can_be_inspected(ask):
    entry = "import a, inspect\ndef f(): return inspect.getsource(a.g)"
    assert ask(entry, a="def g():\n    return 1\n") == "def g():\n    return 1\n"
