"""Characters that Markdown would take for markup, escaped where it would, and only there."""

from __future__ import annotations

import re
from collections.abc import Iterator

FORMULA_START = re.compile(r"\\\(|\\\[|\$\$")
FORMULA_END = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
JOINER = "\u2060"
"""Takes no room; keeps a formula's dollar from a digit or a dollar beside it, where it would begin no formula."""

MARKS = re.compile(
    r"[`$]"
    r"|\\(?=[!-/:-@\[-`{-~\n]|$)"
    r"|&(?=#?\w+;)"
    r"|<(?=[^\s<>]*>)(?=[^\s<>:@]*[:@])"
    r"|\](?=[(\[:])"
    r"|~(?=~)|(?<=~)~"
)
DELIMITERS = re.compile(r"(?<=.)[*_]+(?=.)", re.DOTALL)
LINE_START = re.compile(
    r"(?P<number>\d{1,9})(?=[.)](?:\s|$))"
    r"|(?=>|[-+*](?:\s|$)|(?:[-*_][ \t]*){3,}$|~{3})"
)
TABLE_RULE = re.compile(r"[-:|\s]*$")


def escape_text(text: str, before: str = "", after: str = "") -> str:
    """Text within a line; `before` and `after` are the characters of the Markdown beside it."""
    escaped = MARKS.sub(_backslashed, text)
    if escaped.endswith("!") and after == "[":
        escaped = f"{escaped[:-1]}\\!"
    return DELIMITERS.sub(_delimiters, f"{before or ' '}{escaped}{after or ' '}")[1:-1]


def _backslashed(found: re.Match[str]) -> str:
    return f"\\{found.group()}"


def _delimiters(found: re.Match[str]) -> str:
    """A run of `*` or `_`: left alone between blanks, and `_` within a word."""
    run, text = found.group(), found.string
    before, after = text[found.start() - 1], text[found.end()]
    is_alone = len(run) == 1 and before.isspace() and after.isspace()
    is_in_word = set(run) == {"_"} and before.isalnum() and after.isalnum()
    return run if is_alone or is_in_word else "".join(f"\\{mark}" for mark in run)


def escape_line_starts(paragraph: str) -> str:
    """A paragraph, so that no beginning of a line makes it anything else, nor a formula at its own."""
    lines = "\n".join(_escape_line_start(line.lstrip(" \t")) for line in paragraph.split("\n"))
    return JOINER + lines if lines.startswith("$$") and not re.fullmatch(r"\$\$[^$]*\$\$", lines) else lines


def _escape_line_start(line: str) -> str:
    """A line, so that its beginning makes it no heading, list, quotation, rule, table or code."""
    found = LINE_START.match(line)
    if not found and not ("-" in line and TABLE_RULE.match(line)):
        return line
    number = (found and found["number"]) or ""
    return f"{number}\\{line[len(number) :]}"


def formulas(text: str) -> Iterator[tuple[int, int, str]]:
    """Every formula that MathJax would find in a text: where it begins and ends, and it in Markdown's dollars."""
    end, absent = 0, set()
    for found in FORMULA_START.finditer(text):
        closing = FORMULA_END[found.group()]
        if found.start() < end or closing in absent:
            continue
        last = text.find(closing, found.end())
        if last < 0:
            absent.add(closing)
            continue
        written = formula(text[found.end() : last], is_display=found.group() != r"\(")
        if written:
            end = last + len(closing)
            yield found.start(), end, written


def without_joiners(text: str) -> str:
    r"""A text whose formulas are between `\(` and `\)`, which need no joiner beside them."""
    return re.sub(rf"{JOINER}(?=\\[(\[])|(?<=\\[)\]]){JOINER}", "", text)


def formula(tex: str, *, is_display: bool) -> str:
    """A formula between dollars; empty where Markdown cannot hold it."""
    tex = " ".join(tex.split())
    if not tex or re.search(r"(?<!\\)(?:\\\\)*(?:\$|\\$)", tex):
        return ""
    return f"$${tex}$$" if is_display else f"${tex}$"


def code_span(code: str) -> str:
    """Code within a line."""
    code = " ".join(code.split("\n"))
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if code.strip() and (code[0] in "` " or code[-1] in "` ") else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def fenced(code: str, language: str = "") -> str:
    """Code on lines of its own."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"
