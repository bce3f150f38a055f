"""Reads a submission's source, without running it, for what the staff may want to look at.

Nothing here changes a score: whoever is flagged may have good reasons, and whoever means to hide something can. The
walls of the sandbox keep what they promise without it; this is for what no wall can see, such as a table of answers.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import itertools
import re
import tokenize
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from grader.contract import Assignment, Flag
from grader.sandbox.inside.refusals import CONVOLUTIONS, FAMILIES
from grader.sandbox.wire import clean

LONGEST_SOURCE = 128 * 1024
MOST_NODES = 120_000
MOST_TOKENS = 60_000
MOST_OF_A_RULE = 6
LONGEST_MESSAGE = 300
LONGEST_PATH = 12
"""How many names of a dotted path such as `torch.nn.functional.conv2d` are followed."""
MOST_NUMBERS = 200
MOST_FRACTIONS = 50
LONGEST_RUN = 120
MOST_BITS = 512

FILES = "a solution works on the arrays that it is given, and needs no files or processes"
NETWORK = "a solution needs no network, and the sandbox has none"
INTERPRETER = "it gives access to the interpreter, which a solution does not need"
NATIVE = "it calls native code, which passes by everything that is checked in Python"
STORED = "it unpacks stored objects or encoded text, in which answers or code can be hidden"
JUDGE = "it belongs to the judge, whose side a submission does not reach"
MODULES = {
    **dict.fromkeys(("ctypes", "_ctypes", "cffi", "mmap"), NATIVE),
    **dict.fromkeys(("os", "posix", "subprocess", "shutil", "tempfile", "pathlib", "glob", "fcntl", "pty"), FILES),
    **dict.fromkeys(("multiprocessing", "threading", "_thread", "concurrent", "signal", "resource"), FILES),
    **dict.fromkeys(("socket", "ssl", "http", "urllib", "requests", "select", "selectors", "asyncio"), NETWORK),
    **dict.fromkeys(("sys", "gc", "inspect", "importlib", "imp", "builtins", "runpy", "pkgutil", "site"), INTERPRETER),
    **dict.fromkeys(("code", "codeop", "dis", "linecache", "traceback", "tracemalloc", "atexit"), INTERPRETER),
    **dict.fromkeys(("pickle", "marshal", "shelve", "dill", "cloudpickle", "base64", "binascii"), STORED),
    **dict.fromkeys(("zlib", "lzma", "bz2", "gzip", "zipfile", "tarfile", "codecs"), STORED),
    **dict.fromkeys(("reference", "grader", "server", "checks", "conftest", "pytest", "_pytest", "hypothesis"), JUDGE),
}
LIBRARIES = {"scipy", "cv2", "skimage", "sklearn", "PIL", "tensorflow", "keras", "jax", "cupy", "numba", "torchvision"}
INTERNAL = {
    *("__subclasses__", "__globals__", "__code__", "__builtins__", "__closure__", "__mro__", "__bases__", "__base__"),
    *("__loader__", "__spec__", "__self__", "__reduce__", "__reduce_ex__", "__getattribute__", "mro"),
    *("_getframe", "f_back", "f_globals", "f_locals", "f_code", "tb_frame", "gi_frame", "cr_frame"),
    *("get_objects", "get_referrers", "get_referents", "ctypes", "ctypeslib"),
}
RUNNING_TEXT = {"eval", "exec", "compile", "__import__", "breakpoint"}
ENDING = {"exit", "quit"}
FORGED = {
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__instancecheck__", "__class__"),
    *("__array__", "__array_ufunc__", "__array_function__", "__array_interface__", "__array_struct__"),
    *("__array_priority__", "__torch_function__", "__torch_dispatch__", "__getattribute__", "__reduce__", "__del__"),
}
BUILT_IN_BASES = {"bool", "int", "float", "complex", "str", "bytes", "list", "tuple", "dict"}
READING_FILES = {
    *("load", "save", "savez", "savez_compressed", "fromfile", "tofile", "memmap", "loadtxt", "savetxt"),
    *("genfromtxt", "DataSource", "from_file"),
}
BACK_DOORS = {
    "torch.ops": "it calls torch's operators by their inner names",
    "torch.library": "it changes what torch's operators do",
    "torch.classes": "it makes objects of torch's inner classes",
    "torch.overrides": "it intercepts torch's operators",
    "torch.utils.cpp_extension": "it compiles and loads native code",
    "torch.package": "it loads stored code",
    "numpy.f2py": "it compiles and loads native code",
    "numpy.distutils": "it compiles and loads native code",
}
SETTINGS = ("torch.backends",)
"""Modules whose attributes are there to be set."""
WORDS_OF_THE_JUDGE = {"checks", "checks.py", "expected", "reference", "solution", "assignment.toml", "grader"}
NUMBERS_AS_TEXT = re.compile(r"[-+\d.,;eE\s\[\]]{400,}")
RUN = re.compile(rf"[A-Za-z0-9+/=_\\-]{{{LONGEST_RUN},}}")
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
CYRILLIC = "асеорхуіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ"
GREEK = "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
LOOKALIKES = frozenset(CYRILLIC + GREEK)
"""Letters of other alphabets that look like Latin ones."""


def read_files(files: Mapping[str, str], assignment: Assignment) -> tuple[Flag, ...]:
    """What is worth a look in a submission's files, the one that is loaded first; imports of each other are not."""
    own = frozenset(name.removesuffix(".py") for name in files)
    flags: list[Flag] = []
    for name, source in files.items():
        file = "" if name == assignment.filename else name
        flags += [dataclasses.replace(flag, file=file) for flag in read(source, assignment, own)]
    return tuple(flags)


def read(source: str, assignment: Assignment, own: frozenset[str] = frozenset()) -> tuple[Flag, ...]:
    """What is worth a look, by line; a few places of each rule at most. Source that is no Python has no flags.

    `own` names modules that are the submission's.

    Takes bounded time whatever the source: what is too long or too dense is not read, and a flag says so.
    """
    if len(source) > LONGEST_SOURCE:
        return (Flag(1, "long", f"The file has {len(source):,} characters: that is too long to be read for flags."),)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found = sorted(
        {*_Reader(tree, assignment, own).flags(), *_letters(source)}, key=lambda flag: (flag.line, flag.rule)
    )
    return tuple(map(_shown, _a_few_of_each(found)))


def _shown(flag: Flag) -> Flag:
    """The flag without what a name of the source may smuggle into its message."""
    message = clean(flag.message)
    return Flag(flag.line, flag.rule, message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}….")


def _a_few_of_each(flags: list[Flag]) -> tuple[Flag, ...]:
    seen: Counter[str] = Counter()
    totals = Counter(flag.rule for flag in flags)
    kept = []
    for flag in flags:
        seen[flag.rule] += 1
        more = totals[flag.rule] - MOST_OF_A_RULE
        if seen[flag.rule] < MOST_OF_A_RULE or (seen[flag.rule] == MOST_OF_A_RULE and not more):
            kept.append(flag)
        elif seen[flag.rule] == MOST_OF_A_RULE:
            kept.append(Flag(flag.line, flag.rule, f"{flag.message} There are {more} more places like this."))
    return tuple(kept)


class _Reader:
    """One file's tree, the names that its imports bind, and the operators that its assignment refuses."""

    def __init__(self, tree: ast.Module, assignment: Assignment, own: frozenset[str]) -> None:
        self.assignment = assignment
        self.own = own
        self.nodes = list(itertools.islice(ast.walk(tree), MOST_NODES))
        self.modules = dict(self._imported())
        self.covered = covered_names(assignment.refused_operators)
        self.tables: set[int] = set()
        self.rules: dict[type[ast.AST], Callable[[ast.AST], Iterator[tuple[str, str]]]] = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Attribute: self._attribute,
            ast.Name: self._name,
            ast.Call: self._call,
            ast.ClassDef: self._class,
            ast.ExceptHandler: self._handler,
            ast.Constant: self._constant,
            **dict.fromkeys((ast.List, ast.Tuple, ast.Set, ast.Dict), self._table),
        }

    def flags(self) -> Iterator[Flag]:
        for node in self.nodes:
            rule = self.rules.get(type(node))
            for name, message in rule(node) if rule else ():
                yield Flag(getattr(node, "lineno", 1), name, message)
        if len(self.nodes) == MOST_NODES:
            yield Flag(1, "long", "The file is so dense that its inner parts were not read for flags.")

    def _imported(self) -> Iterator[tuple[str, str]]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (top, top)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield alias.asname or alias.name, f"{node.module}.{alias.name}"

    def path(self, node: ast.AST) -> str:
        """The dotted name that an expression spells, by its imports: `F.conv2d` is torch.nn.functional.conv2d."""
        names: list[str] = []
        while isinstance(node, ast.Attribute) and len(names) < LONGEST_PATH:
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.modules:
            return ""
        return ".".join([self.modules[node.id], *reversed(names)])

    def _import(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.Import)
        for alias in node.names:
            yield from self._module(alias.name)

    def _import_from(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.ImportFrom)
        yield from self._module(node.module or "")
        for alias in node.names:
            if node.module and node.module.partition(".")[0] in ("torch", "numpy"):
                yield from self._within(f"{node.module}.{alias.name}")

    def _module(self, name: str) -> Iterator[tuple[str, str]]:
        top = name.partition(".")[0]
        if top in self.own:
            return
        if top in MODULES:
            yield "import", f"Imports {name}: {MODULES[top]}."
        elif top in LIBRARIES or (top == "torch" and self.assignment.profile == "numpy"):
            yield (
                "library",
                f"Imports {name}, which this exercise does not have: a library may do what was to be written.",
            )
        elif top in ("torch", "numpy"):
            yield from self._within(name)

    def _within(self, path: str) -> Iterator[tuple[str, str]]:
        """What is worth a look in a name of torch or NumPy."""
        parts = path.split(".")
        back_door = next((door for door in BACK_DOORS if path == door or path.startswith(door + ".")), "")
        if back_door:
            yield "back-door", f"Uses {path}: {BACK_DOORS[back_door]}."
        elif any(part.startswith("_") and not part.startswith("__") for part in parts[1:]):
            yield (
                "back-door",
                f"Uses {path}, a part of {parts[0]} that is private: solutions need the public ones alone.",
            )
        elif path.startswith("torch.jit") and self.covered:
            yield "back-door", f"Uses {path}: TorchScript can reach operators by other ways than Python."
        if parts[-1] in self.covered:
            yield "refused", f"Names {path}: {self._asked()} is what the exercise asks to write."
        if parts[-1] in READING_FILES:
            yield "file", f"Calls {path}: {FILES}."

    def _asked(self) -> str:
        return " and ".join(self.assignment.refused_operators)

    def _attribute(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.Attribute)
        path = self.path(node)
        if node.attr in INTERNAL:
            yield "internals", f"Uses {node.attr}: {INTERPRETER}."
        if not isinstance(node.ctx, ast.Load):
            if path and not path.startswith(SETTINGS):
                yield (
                    "patching",
                    f"Changes {path} for everything else in the process: it belongs to an imported module.",
                )
        elif path.partition(".")[0] in ("torch", "numpy"):
            yield from self._within(path)
        elif not path and node.attr in self.covered and not self._is_own(node.value):
            yield "refused", f"Names {node.attr}: {self._asked()} is what the exercise asks to write."

    def _is_own(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id in ("self", "cls")

    def _name(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.Name)
        if not isinstance(node.ctx, ast.Load):
            return
        if node.id in RUNNING_TEXT:
            yield "eval", f"Uses {node.id}: it runs text as code, which no reading can follow."
        elif node.id in ENDING or node.id == "SystemExit":
            yield "exits", f"Uses {node.id}: a solution returns, it does not end the process."
        elif node.id == "open":
            yield "file", f"Uses open: {FILES}."
        elif node.id in INTERNAL or node.id == "globals":
            yield "internals", f"Uses {node.id}: {INTERPRETER}."

    def _call(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.Call)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        first = self.path(node.args[0]) if node.args else ""
        if called in ("setattr", "delattr") and first:
            yield "patching", f"Changes an attribute of {first} for everything else in the process, through {called}."
        elif called in ("getattr", "setattr", "delattr") and len(node.args) > 1:
            yield from self._named_by(node.args[1], first, called)
        elif called == "vars" and first:
            yield "computed-name", f"Takes what {first} holds as a table, to reach it by names that are put together."
        elif called == "type" and len(node.args) == 3:
            yield "forged", "Makes a class by calling type, which can give it operators that answer anything."

    def _named_by(self, name: ast.expr, of: str, called: str) -> Iterator[tuple[str, str]]:
        if isinstance(name, ast.Constant):
            if name.value in self.covered:
                yield "refused", f"Names {name.value} as text: {self._asked()} is what the exercise asks to write."
        elif not isinstance(name, ast.Name | ast.Attribute) or (of and self.covered):
            yield (
                "computed-name",
                f"Calls {called} with a name that is put together while it runs, which hides what is used.",
            )

    def _class(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.ClassDef)
        forged = sorted(set(_defined_in(node)) & FORGED)
        bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        arrays = [path for path in map(self.path, node.bases) if path in ("numpy.ndarray", "torch.Tensor")]
        if forged:
            yield (
                "forged",
                f"The class {node.name} defines {', '.join(forged)}: it can answer a comparison as it likes.",
            )
        elif arrays or set(bases) & BUILT_IN_BASES:
            of = (arrays or sorted(set(bases) & BUILT_IN_BASES))[0]
            yield "forged", f"The class {node.name} is a kind of {of}: it can pass for a value and behave otherwise."
        elif any("Exception" in base or "Error" in base for base in bases) and "__str__" in _defined_in(node):
            yield "forged", f"The exception {node.name} has a text of its own making, which runs where it is shown."

    def _handler(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.ExceptHandler)
        caught = [each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)] if node.type else []
        everything = sorted({"BaseException", "SystemExit", "KeyboardInterrupt", "GeneratorExit"} & set(caught))
        if everything and not any(isinstance(each, ast.Raise) for each in node.body):
            yield "swallows", f"Catches {everything[0]}: that includes being told to stop."

    def _constant(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        assert isinstance(node, ast.Constant)
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > MOST_BITS:
            yield (
                "encoded",
                f"Holds a whole number of {value.bit_length():,} bits: answers or code may be packed into it.",
            )
        elif isinstance(value, str | bytes):
            text = value if isinstance(value, str) else value.decode("latin-1")
            yield from self._text(text)

    def _text(self, text: str) -> Iterator[tuple[str, str]]:
        if text in WORDS_OF_THE_JUDGE:
            yield "judge", f"Names {text!r} as text, as if to look for it: {JUDGE}."
        elif text in INTERNAL:
            yield "internals", f"Names {text} as text: {INTERPRETER}."
        elif NUMBERS_AS_TEXT.search(text):
            yield "table", "Holds a long text of numbers: are they outputs that were to be computed?"
        elif any(len(set(run)) >= 16 for run in RUN.findall(text)):
            yield (
                "encoded",
                f"Holds a text of {len(text):,} characters that looks encoded: {STORED.partition(', ')[2]}.",
            )

    def _table(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        if id(node) in self.tables:
            return
        inner = list(itertools.islice(ast.walk(node), MOST_NODES))
        self.tables.update(id(each) for each in inner if isinstance(each, ast.List | ast.Tuple | ast.Set | ast.Dict))
        numbers = [each.value for each in inner if isinstance(each, ast.Constant) and type(each.value) in (int, float)]
        fractions = sum(isinstance(number, float) and not number.is_integer() for number in numbers)
        if len(numbers) >= MOST_NUMBERS or fractions >= MOST_FRACTIONS:
            yield "table", f"Holds a table of {len(numbers):,} numbers: are they outputs that were to be computed?"


def _defined_in(node: ast.ClassDef) -> Iterator[str]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            yield part.name
        elif isinstance(part, ast.Assign):
            yield from (target.id for target in part.targets if isinstance(target, ast.Name))


def covered_names(refused: tuple[str, ...]) -> frozenset[str]:
    """What a source may call the refused operators: functions, inner operators and layers of torch, and NumPy's."""
    names: set[str] = set()
    for operator in refused:
        family = FAMILIES[operator]
        names |= {name.partition("::")[2].strip("_") for name in family}
        names |= {
            _layer(other, suffix)
            for other in FAMILIES
            if FAMILIES[other] is family
            for suffix in ("", "1d", "2d", "3d")
        }
        names |= {other for other in FAMILIES if FAMILIES[other] is family}
        if family is CONVOLUTIONS:
            names |= {"convolve", "correlate"}
    return frozenset(names | {f"Lazy{name}" for name in names if name[:1].isupper()})


def _layer(operator: str, suffix: str) -> str:
    """The class of torch.nn for an operator: ConvTranspose2d for conv_transpose2d."""
    return "".join(part[:1].upper() + part[1:] for part in operator.split("_")) + suffix


def _letters(source: str) -> Iterator[Flag]:
    """Identifiers that are not what they look like, and marks that change the order in which a line is shown."""
    if source.isascii():
        return
    for number, line in enumerate(source.splitlines(), 1):
        if REORDERING.search(line):
            yield Flag(number, "lookalike", "Holds marks that show this line in another order than Python reads it.")
    try:
        tokens = itertools.islice(tokenize.generate_tokens(io.StringIO(source).readline), MOST_TOKENS)
        names = [(token.start[0], token.string) for token in tokens if token.type == tokenize.NAME]
    except (tokenize.TokenError, SyntaxError):
        return
    for number, name in names:
        if not name.isascii() and _is_lookalike(name):
            yield Flag(
                number, "lookalike", f"The name {name} has letters that look like others: it hides what is meant."
            )


def _is_lookalike(name: str) -> bool:
    if unicodedata.normalize("NFKC", name).isascii():
        return True
    return bool(LOOKALIKES & set(name)) and any(letter.isascii() and letter.isalpha() for letter in name)
