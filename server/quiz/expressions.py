"""The expressions in questions: simpleeval, bounded so tightly that no text can take much time or memory.

An expression is arithmetic, comparisons, `and`, `or`, `not`, `a if c else b`, lists, indexing, and the functions of
`server.quiz.functions`. There are no attributes, no comprehensions, no keywords, no formatting of strings.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

from server.quiz.bounds import ExpressionError, bounded, cells
from server.quiz.functions import FUNCTIONS
from server.quiz.operators import OPERATORS

LONGEST = 400
"""Characters of an expression."""
MOST_NODES = 200
DEEPEST = 24
MOST_WORK = 200_000
"""Items that functions may look at in one draw of a question."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read: its text, its tree, and the names that it needs."""

    text: str
    tree: ast.expr
    names: frozenset[str]


@dataclass(slots=True)
class Scope:
    """The names of one draw, and how much of its bound on computing is used."""

    values: dict[str, Any] = field(default_factory=dict)
    work: int = 0


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """Read an expression. Raises ExpressionError for what is no expression, too long, or not allowed."""
    if len(text) > LONGEST:
        raise ExpressionError(f"{text[:40]!r}… is longer than {LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
        raise ExpressionError(f"{text!r} is no expression: {reason}") from None
    return Expression(text.strip(), tree, frozenset(_allowed_names(tree, text)))


def _allowed_names(tree: ast.expr, text: str) -> set[str]:
    """The names in the tree. Raises ExpressionError for anything that is not allowed in it."""
    names: set[str] = set()
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MOST_NODES or depth > DEEPEST:
            raise ExpressionError(f"{text[:40]!r}… is too long or nested too deeply; draw a part of it under a name")
        reason = _refusal(node)
        if reason:
            raise ExpressionError(f"{text!r}: {reason}")
        if isinstance(node, ast.Name):
            names.add(node.id)
        waiting += [(child, depth + 1) for child in _children(node)]
    return names


def _children(node: ast.AST) -> list[ast.AST]:
    return list(node.args) if isinstance(node, ast.Call) else list(ast.iter_child_nodes(node))


def _refusal(node: ast.AST) -> str:
    """Why a node may not stand in an expression; empty when it may."""
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.keywords:
            return "a function is called by its name, with values between brackets"
        return "" if node.func.id in FUNCTIONS else f"there is no function {node.func.id!r}"
    if isinstance(node, ast.Name):
        return f"{node.id} is a function; write {node.id}(…)" if node.id in FUNCTIONS else ""
    if isinstance(node, ast.Constant):
        return "" if isinstance(node.value, bool | int | float | str) else f"{node.value!r} is no number, text or list"
    if isinstance(node, STRUCTURE) or type(node) in OPERATORS:
        return ""
    return f"{WORDS.get(type(node), type(node).__name__)} cannot stand in an expression"


def evaluate(expression: Expression, scope: Scope) -> Any:
    """The expression's value: a bool, int, float, string or list. Raises ExpressionError."""
    evaluator = _mine.evaluator
    evaluator.names, evaluator.work = scope.values, scope.work
    try:
        return bounded(evaluator.eval(expression.text, previously_parsed=expression.tree))
    except ExpressionError as error:
        raise ExpressionError(f"{expression.text!r}: {error}") from None
    except InvalidExpression:
        unknown = sorted(expression.names - set(scope.values))
        raise ExpressionError(f"{expression.text!r}: there is no {', '.join(unknown)}") from None
    except (ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise ExpressionError(f"{expression.text!r}: {error}") from None
    finally:
        scope.work = evaluator.work


def calculate(text: str, values: Mapping[str, Any] | None = None) -> Any:
    """Read and compute an expression at once. Raises ExpressionError."""
    return evaluate(parse(text), Scope(dict(values or {})))


VALUES = (ast.Name, ast.Constant, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Subscript)
STRUCTURE = (*VALUES, ast.Slice, ast.List, ast.Load, ast.And, ast.Or)
WORDS: dict[type[ast.AST], str] = {
    ast.Attribute: "a name after a dot",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.JoinedStr: "a formatted string",
    ast.Lambda: "a lambda",
    ast.Starred: "a star",
    ast.Tuple: "a tuple",
    ast.Dict: "a dictionary",
    ast.Set: "a set",
    ast.NamedExpr: "an assignment",
    ast.LShift: "<<",
    ast.RShift: ">>",
}


class _Evaluator(SimpleEval):
    """simpleeval without what `_refusal` refuses, so that a second wall stands behind the first."""

    def __init__(self) -> None:
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names={})
        self.nodes = {kind: run for kind, run in self.nodes.items() if kind in (*VALUES, ast.Slice)}
        self.nodes[ast.List] = self._eval_list
        self.work = 0

    def _eval_list(self, node: ast.List) -> list[Any]:
        return [self._eval(item) for item in node.elts]

    def _eval_call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        arguments = [self._eval(argument) for argument in node.args]
        self.work += sum(cells(argument) for argument in arguments)
        if self.work > MOST_WORK:
            raise ExpressionError("the question computes too much")
        return bounded(self.functions[node.func.id](*arguments))


class _Mine(threading.local):
    """One evaluator a thread: it holds the names of the draw that it works on."""

    def __init__(self) -> None:
        self.evaluator = _Evaluator()


_mine = _Mine()
