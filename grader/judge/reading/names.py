"""One file's names: what its imports bind, which modules are the submission's own, which operators are refused."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from grader.contract import Assignment
from grader.judge.reading.operators import covered_names

MOST_NODES = 120_000
LONGEST_PATH = 12
"""How many names of a dotted path such as `torch.nn.functional.conv2d` are followed."""


Found: TypeAlias = tuple[str, str]
"""A rule, and what is said of the place where it was met."""


@dataclass(frozen=True, slots=True)
class Names:
    """`modules` says what a bound name stands for: `{"F": "torch.nn.functional"}`. `own` are the submission's modules.

    `covered` are the names that operators have which the assignment refuses, `asked` these operators in words.
    """

    modules: dict[str, str]
    own: frozenset[str]
    covered: frozenset[str]
    asked: str
    has_torch: bool

    @classmethod
    def of(cls, nodes: Iterable[ast.AST], assignment: Assignment, own: frozenset[str]) -> Names:
        """The names of one file, from the nodes of its tree."""
        refused = assignment.refused_operators
        has_torch = assignment.profile != "numpy"
        return cls(dict(_imported(nodes)), own, covered_names(refused), " and ".join(refused), has_torch)

    def path(self, node: ast.AST) -> str:
        """The dotted name that an expression spells, by its imports: `F.conv2d` is torch.nn.functional.conv2d."""
        names: list[str] = []
        while isinstance(node, ast.Attribute) and len(names) < LONGEST_PATH:
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.modules:
            return ""
        return ".".join([self.modules[node.id], *reversed(names)])


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
