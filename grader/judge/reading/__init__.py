"""Reads a submission's source, without running it, for what the staff may want to look at.

Nothing here changes a score: whoever is flagged may have good reasons, and whoever means to hide something can. The
walls of the sandbox keep what they promise without it; this is for what no wall can see, such as a table of answers.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.contract import Assignment, Flag
from grader.judge.reading.holds import class_definition, constant, handler, tables
from grader.judge.reading.letters import letters
from grader.judge.reading.names import MOST_NODES, Found, Names
from grader.judge.reading.reaches import attribute, call, import_from, name, plain_import
from grader.sandbox.wire import clean

LONGEST_SOURCE = 128 * 1024
MOST_OF_A_RULE = 6
LONGEST_MESSAGE = 300
RULES: dict[type[ast.AST], Callable[[Names, Any], Iterator[Found]]] = {
    ast.Import: plain_import,
    ast.ImportFrom: import_from,
    ast.Attribute: attribute,
    ast.Name: name,
    ast.Call: call,
    ast.ClassDef: class_definition,
    ast.ExceptHandler: handler,
    ast.Constant: constant,
}


def read_files(files: Mapping[str, str], assignment: Assignment) -> tuple[Flag, ...]:
    """What is worth a look in a submission's files, the one that is loaded first; imports of each other are not."""
    own = frozenset(name.removesuffix(".py") for name in files)
    flags: list[Flag] = []
    for file_name, source in files.items():
        file = "" if file_name == assignment.filename else file_name
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
    found = {*_flags(tree, assignment, own), *letters(source)}
    return tuple(map(_shown, _a_few_of_each(sorted(found, key=lambda flag: (flag.line, flag.rule)))))


def _flags(tree: ast.Module, assignment: Assignment, own: frozenset[str]) -> Iterator[Flag]:
    nodes = list(itertools.islice(ast.walk(tree), MOST_NODES))
    names = Names.of(nodes, assignment, own)
    for node in nodes:
        rule = RULES.get(type(node))
        for found in rule(names, node) if rule else ():
            yield Flag(getattr(node, "lineno", 1), *found)
    for line, found in tables(nodes):
        yield Flag(line, *found)
    if len(nodes) == MOST_NODES:
        yield Flag(1, "long", "The file is so dense that its inner parts were not read for flags.")


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
