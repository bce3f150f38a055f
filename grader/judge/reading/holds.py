"""What a source holds and makes: tables and encoded text, classes that answer for others, handlers that catch all."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

from grader.judge.reading.names import MOST_NODES, Found, Names
from grader.judge.reading.words import BUILT_IN_BASES, FORGED, INTERNAL, INTERPRETER, JUDGE, STORED, WORDS_OF_THE_JUDGE

MOST_NUMBERS = 200
MOST_FRACTIONS = 50
LONGEST_RUN = 120
MOST_BITS = 512
NUMBERS_AS_TEXT = re.compile(r"[-+\d.,;eE\s\[\]]{400,}")
TABLES = (ast.List, ast.Tuple, ast.Set, ast.Dict)
RUN = re.compile(rf"[A-Za-z0-9+/=_\\-]{{{LONGEST_RUN},}}")


def class_definition(names: Names, node: ast.ClassDef) -> Iterator[Found]:
    """Classes that can pass for a value or answer a comparison as they like."""
    forged = sorted(set(_defined_in(node)) & FORGED)
    bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
    arrays = [path for path in map(names.path, node.bases) if path in ("numpy.ndarray", "torch.Tensor")]
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


def handler(_names: Names, node: ast.ExceptHandler) -> Iterator[Found]:
    """Handlers that catch what tells a process to stop."""
    caught = [each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)] if node.type else []
    everything = sorted({"BaseException", "SystemExit", "KeyboardInterrupt", "GeneratorExit"} & set(caught))
    if everything and not any(isinstance(each, ast.Raise) for each in node.body):
        yield "swallows", f"Catches {everything[0]}: that includes being told to stop."


def constant(_names: Names, node: ast.Constant) -> Iterator[Found]:
    """Numbers and texts in which something may be packed, and words that a solution has no use for."""
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > MOST_BITS:
        yield (
            "encoded",
            f"Holds a whole number of {value.bit_length():,} bits: answers or code may be packed into it.",
        )
    elif isinstance(value, str | bytes):
        text = value if isinstance(value, str) else value.decode("latin-1")
        yield from _text(text)


def _text(text: str) -> Iterator[Found]:
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


def tables(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, Found]]:
    """Tables of many numbers, with their lines, among nodes in the order of ast.walk: the outer ones come first."""
    seen: set[int] = set()
    for node in nodes:
        if isinstance(node, TABLES) and id(node) not in seen:
            inner = list(itertools.islice(ast.walk(node), MOST_NODES))
            seen.update(id(each) for each in inner if isinstance(each, TABLES))
            numbers = [each.value for each in inner if isinstance(each, ast.Constant)]
            numbers = [number for number in numbers if type(number) in (int, float)]
            fractions = sum(isinstance(number, float) and not number.is_integer() for number in numbers)
            if len(numbers) >= MOST_NUMBERS or fractions >= MOST_FRACTIONS:
                told = f"Holds a table of {len(numbers):,} numbers: are they outputs that were to be computed?"
                yield node.lineno, ("table", told)


def _defined_in(node: ast.ClassDef) -> Iterator[str]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            yield part.name
        elif isinstance(part, ast.Assign):
            yield from (target.id for target in part.targets if isinstance(target, ast.Name))
