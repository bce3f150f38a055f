"""The static reading: what is worth a look is flagged, honest solutions are not, and nothing makes it fail or hang."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest

from grader.contract import load_assignment, load_assignments
from grader.judge.reading import LONGEST_SOURCE, MOST_OF_A_RULE, read
from grader.judge.reading.operators import covered_names
from tests.grader.conftest import ACCEPTED, TOML, WRONG, write_assignment

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = load_assignments(ROOT / "assignments")
HONEST = [
    pytest.param(assignment, path, id=f"{assignment.id}-{path.stem}")
    for assignment in PUBLISHED.values()
    for path in (
        assignment.folder / "starter.py",
        *assignment.submissions("accepted"),
        *assignment.submissions("wrong"),
    )
]
HOSTILE = sorted((ROOT / "tests/hostile/submissions").rglob("*.py"))
SHARE_OF_HOSTILE = 0.8


@pytest.fixture
def torch_assignment(tmp_path):
    """An exercise on writing a convolution in torch."""
    toml = TOML.replace('profile = "numpy"', 'profile = "torch"\nrefused_operators = ["conv2d"]')
    return load_assignment(write_assignment(tmp_path, toml=toml, name="91-convolution"))


def rules(source, assignment):
    return [(flag.line, flag.rule) for flag in read(source, assignment)]


@pytest.mark.parametrize(("assignment", "path"), HONEST)
def test_honest_solutions_and_mistakes_are_not_flagged(assignment, path):
    assert read(path.read_text(encoding="utf-8"), assignment) == ()


def test_most_of_the_hostile_collection_is_flagged():
    flagged = [path for path in HOSTILE if read(path.read_text(), PUBLISHED["04-conv-forward"])]
    assert len(flagged) >= SHARE_OF_HOSTILE * len(HOSTILE) > 0


@pytest.mark.parametrize("source", [ACCEPTED, *WRONG.values()])
def test_small_solutions_are_not_flagged(source, assignment):
    assert read(source, assignment) == ()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("import ctypes", "import"),
        ("import os.path as p", "import"),
        ("from importlib import reload", "import"),
        ("import pickle, numpy", "import"),
        ("from grader.judge import grade", "import"),
        ("import scipy.signal", "library"),
        ("import torch", "library"),
        ("eval('1')", "eval"),
        ("run = exec", "eval"),
        ("().__class__.__base__.__subclasses__()", "internals"),
        ("f.__globals__['x']", "internals"),
        ("x = '__builtins__'", "internals"),
        ("import numpy as np\nx = np.ctypeslib", "internals"),
        ("import numpy as np\nnp.allclose = lambda *a: True", "patching"),
        ("from numpy import testing\ntesting.assert_allclose = print", "patching"),
        ("import numpy as np\nsetattr(np, 'dot', None)", "patching"),
        ("import numpy as np\ndel np.dot", "patching"),
        ("class A:\n    def __eq__(self, other): return True", "forged"),
        ("class A:\n    __le__ = None", "forged"),
        ("import numpy as np\nclass A(np.ndarray): pass", "forged"),
        ("class A(float): pass", "forged"),
        ("class A(Exception):\n    def __str__(self): return ''", "forged"),
        ("A = type('A', (), {})", "forged"),
        ("try:\n    f()\nexcept BaseException:\n    pass", "swallows"),
        ("try:\n    f()\nexcept (ValueError, SystemExit):\n    pass", "swallows"),
        ("print(open('a').read())", "file"),
        ("import numpy as np\nnp.load('a.npy')", "file"),
        ("exit(0)", "exits"),
        ("raise SystemExit", "exits"),
        (f"x = {[i / 7 for i in range(60)]}", "table"),
        (f"x = {{'a': {list(range(300))}}}", "table"),
        (f"x = '{'1.25 ' * 200}'", "table"),
        ("x = '" + "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyzABCDEF0123", k=400)) + "'", "encoded"),
        (f"x = {2**800}", "encoded"),
        ("num\u0440y = 2", "lookalike"),
        ("x = 1  # \u202e reversed", "lookalike"),
        ("import numpy as np\ngetattr(np, 'conv' + 'olve')", "computed-name"),
        ("import numpy as np\nvars(np)['dot']", "computed-name"),
        ("if 'checks.py': pass", "judge"),
        ("for name in ('expected', 'y'): pass", "judge"),
        ("import numpy as np\nnp._core.umath", "back-door"),
        ("import numpy.f2py", "back-door"),
    ],
)
def test_what_is_worth_a_look_is_flagged(source, rule, assignment):
    assert rule in {found for _, found in rules(source, assignment)}


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nx = np.zeros(3)\nx.shape = (1, 3)",
        "import re\np = re.compile('a')",
        "import math\nfrom dataclasses import dataclass\nfrom functools import partial",
        "class A:\n    def __init__(self): self.x = 1\n    def __repr__(self): return 'A'",
        "try:\n    f()\nexcept BaseException:\n    print('x')\n    raise",
        "try:\n    f()\nexcept ValueError:\n    pass",
        "def f(self, name): return getattr(self, name)",
        "if __name__ == '__main__':\n    expected = 1\n    print(expected)",
        "Δx = 0.1\nσ = 2\nβ1 = 3\nblåbær = 'Ørsted'",
        "'''" + "A long text in words, as a docstring has it. " * 50 + "\n" + "-" * 200 + "'''",
        f"x = {[[1, 2, 1], [0, 0, 0], [-1, -2, -1]]}",
    ],
)
def test_what_solutions_do_is_not_flagged(source, assignment):
    assert read(source, assignment) == ()


@pytest.mark.parametrize(
    "source",
    [
        "import torch.nn.functional as G\nG.conv2d",
        "from torch.nn.functional import conv2d as honest",
        "from torch import nn\nnn.Conv2d(1, 1, 3)",
        "import torch\ntorch.nn.LazyConv2d",
        "import torch\ntorch.conv_transpose2d",
        "import torch\nf = torch.nn.functional\nf.conv1d",
        "from torch.nn import functional as F\ngetattr(F, 'conv2d')",
        "import numpy as np\nnp.convolve",
    ],
)
def test_refused_operators_are_flagged_by_any_name(source, torch_assignment):
    assert "refused" in {rule for _, rule in rules(source, torch_assignment)}


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("import torch\ntorch.ops.aten.mul", "back-door"),
        ("import torch._decomp", "back-door"),
        ("import torch\ntorch._C._te", "back-door"),
        ("from torch import _refs", "back-door"),
        ("import torch\ntorch.jit.enable_onednn_fusion(True)", "back-door"),
        ("import torch\nfor name in ('conv2d',): getattr(torch, name)", "computed-name"),
        ("import torch\ntorch.nn.Module.__call__ = None", "patching"),
    ],
)
def test_ways_around_a_refusal_are_flagged(source, rule, torch_assignment):
    assert rule in {found for _, found in rules(source, torch_assignment)}


def test_torch_itself_and_its_settings_are_not_flagged(torch_assignment):
    source = """
import torch
from torch import nn
from torch.nn import functional as F
torch.backends.mkldnn.enabled = False
class Layer(nn.Module):
    def forward(self, x):
        self.convolution = F.pad(x, (1, 1))
        return torch.einsum("nchw,oc->nohw", self.convolution, self.conv2d)
"""
    assert read(source, torch_assignment) == ()


def test_layers_of_torch_are_covered_by_their_operators():
    assert {"Conv2d", "ConvTranspose3d", "LazyConv1d", "mkldnn_convolution"} <= covered_names(("conv2d",))
    assert {"BatchNorm2d", "GroupNorm", "LayerNorm", "native_batch_norm"} <= covered_names(("batch_norm",))
    assert {"MaxPool2d", "AdaptiveMaxPool2d", "max_pool2d_with_indices"} <= covered_names(("max_pool2d",))
    assert covered_names(()) == frozenset()


def test_flags_name_their_lines_in_order_and_say_why_in_a_sentence(assignment):
    flags = read("x = 1\nimport os\n\n\nopen('a')\n", assignment)
    assert [(flag.line, flag.rule) for flag in flags] == [(2, "import"), (5, "file")]
    assert all(flag.message.endswith(".") for flag in flags)


def test_many_places_of_one_rule_are_told_in_one_sentence(assignment):
    flags = read("import os\n" * 50 + "open('a')\n", assignment)
    assert [flag.rule for flag in flags] == ["import"] * MOST_OF_A_RULE + ["file"]
    assert "44 more places" in flags[MOST_OF_A_RULE - 1].message


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def f(:",
        "import os\x00",
        "x = '\ud800'",
        "(" * 100_000,
        "-" * 100_000 + "1",
        "not " * 30_000 + "1",
        "1+" * 60_000 + "1",
        "a" + ".b" * 60_000,
        "lambda:" * 15_000 + "1",
        "[" * 90 + "1," * 50_000 + "]" * 90,
        "a" * 2**20,
        "\U0001d41a" * 2**20,
        "é=1\n" * 25_000,
        "x = 0x" + "f" * 100_000,
    ],
    ids=range(15),
)
def test_no_source_makes_it_fail(source, assignment):
    flags = read(source, assignment)
    assert all(flag.rule in ("long", "table", "encoded") for flag in flags)


def test_what_is_too_long_or_too_dense_to_be_read_is_said(assignment):
    assert rules("#" * (LONGEST_SOURCE + 1), assignment) == [(1, "long")]
    assert (1, "long") in rules("a;" * 60_000, assignment)


def test_text_of_any_kind_is_read_without_an_error(assignment):
    chance = random.Random(7)
    pieces = [
        *"()[]{}:=,.'\"\n \t#\\@",
        "import os",
        "class A",
        "def f",
        "é",
        "\x00",
        "\ud800",
        "0x",
        "lambda",
        "é𝐚",
        "f'",
    ]
    for _ in range(300):
        read("".join(chance.choices(pieces, k=chance.randrange(1, 60))), assignment)


def test_a_name_in_a_message_is_cut(assignment):
    (flag,) = read(f"class {'A' * 50_000}:\n    def __eq__(self, other): return True\n", assignment)
    assert len(flag.message) < 320


def test_flags_are_in_the_result_and_change_no_point(graded, assignment):
    flagged = graded("import os\n" + ACCEPTED)
    assert [(flag.line, flag.rule) for flag in flagged.flags] == [(1, "import")]
    assert dataclasses.replace(flagged, flags=()).score == flagged.max_score
    assert graded(ACCEPTED).flags == ()
