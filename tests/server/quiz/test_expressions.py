"""What expressions compute, and what no expression can do."""

from __future__ import annotations

import time

import pytest

from server.quiz.bounds import ExpressionError
from server.quiz.expressions import LONGEST, MOST_WORK, Scope, calculate, evaluate, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(n + 2*p - k) // s + 1", 16),
        ("n / s", 16.0),
        ("n % k", 2),
        ("2**10", 1024),
        ("512**4", 68_719_476_736),
        ("-n", -32),
        ("n > k and p == 1", True),
        ("not n > k or k < 2", False),
        ("1 < k < 9", True),
        ("k in [3, 5]", True),
        ("k not in [3, 5]", False),
        ("'even' if n % 2 == 0 else 'odd'", "even"),
        ("[n, [k, s]][1][0]", 3),
        ("[1, 2, 3, 4][1:3]", [2, 3]),
        ("[0] * 3 + [n]", [0, 0, 0, 32]),
        ("max(n, k, s)", 32),
        ("sum([n, k])", 35),
        (" n ", 32),
        ("((((((((n))))))))", 32),
    ],
)
def test_arithmetic_is_pythons(text, value) -> None:
    found = calculate(text, {"n": 32, "p": 1, "k": 3, "s": 2})
    assert found == value
    assert type(found) is type(value)


HOSTILE = [
    "9**9**9",
    "9**1024**2",
    "2**300",
    "(2**200) * (2**200)",
    "10**80",
    "2.0**1024",
    "1e308 * 10",
    "(-8)**0.5",
    "0**-1",
    "1 / 0",
    "'a' * 10**9",
    "10**9 * [1]",
    "[1] * 3000",
    "[[[1] * 40] * 40] * 40",
    "[[[[[1]]]]]",
    "[[]] * 2001",
    "('a' * 1999 + 'a') + 'a'",
    "'%1000000000d' % 1",
    "'%s' % 1",
    "[1] - [1]",
    "'a' < 1",
    "[1, 2][5]",
    "[1]['a']",
    "round(5, -1000000000)",
    "round(5, 1000000000)",
    "fixed(1, 1000000000)",
    "fixed(1, 0.5)",
    "exp(10000)",
    "log(0)",
    "sqrt(-1)",
    "halvings(0)",
    "halvings(-8)",
    "mean([])",
    "max()",
    "max('abc')",
    "sum([[1], [2]])",
    "len(3)",
    "group(1.5)",
    "choose(1)",
    "matrix([1, 2])",
    "matrix([[1], [2, 3]])",
    "matrix([['a']])",
    "table([[1] * 17])",
    "correlate([[1]], [[1, 2]])",
    "window([[1, 2]], 0, 0, 2, 2)",
    "window([[1, 2]], -1, 0, 1, 1)",
    "pooled([[1, 2]], 1, 0, 'max')",
    "pooled([[1, 2]], 2, 1, 'max')",
    "pooled([[1, 2]], 1, 1, '__class__')",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_grows_or_cannot_be_computed_is_refused_at_once(text) -> None:
    begun = time.perf_counter()
    with pytest.raises(ExpressionError) as refusal:
        calculate(text)
    assert time.perf_counter() - begun < 0.2
    assert text in str(refusal.value)


NOT_IN_THE_LANGUAGE = [
    "().__class__",
    "n.__class__.__mro__",
    "'{0.__class__}'.format(n)",
    "'a'.upper()",
    "[].append",
    "f'{n}'",
    "f'{n:>1000000000}'",
    "[i for i in [1]]",
    "{i for i in [1]}",
    "(i for i in [1])",
    "{1: 2}",
    "{1, 2}",
    "(1, 2)",
    "lambda: 1",
    "(n := 1)",
    "n = 1",
    "import os",
    "n; n",
    "__import__('os')",
    "eval('1')",
    "open('x')",
    "getattr(n, 'real')",
    "rand()",
    "int('1')",
    "str(n)",
    "max(*[1, 2])",
    "round(n, digits=1)",
    "max(**n)",
    "sum",
    "[max][0](1, 2)",
    "(max if n else min)(1, 2)",
    "n()",
    "1 << 3",
    "8 >> 1",
    "n & 1",
    "n | 1",
    "n ^ 1",
    "~n",
    "n @ n",
    "n is n",
    "b'bytes'",
    "1j",
    "None",
    "...",
    "await n",
    "yield",
    "",
    "   ",
    "1 +",
    "n\x00",
    "-" * 390 + "1",
    "(" * 199 + "1",
    "[" * 100 + "]" * 100,
    "+".join("1" * 150),
    "n" * (LONGEST + 1),
    "not " * 60 + "n",
    "n" + "[0]" * 60,
    "9" * 399,
]


@pytest.mark.parametrize("text", NOT_IN_THE_LANGUAGE)
def test_what_is_not_in_the_language_is_refused(text) -> None:
    with pytest.raises(ExpressionError):
        calculate(text, {"n": 1})


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(ExpressionError, match=r"'n \+ missing': there is no missing"):
        calculate("n + missing", {"n": 1})


def test_the_evaluator_behind_the_parser_refuses_the_same() -> None:
    """A second wall: a tree that never passed `parse` meets an evaluator that knows no such node."""
    import ast

    from server.quiz.expressions import Expression

    for text in ("().__class__", "f'{1}'", "[i for i in [1]]", "{1: 2}", "(1, 2)", "lambda: 1"):
        unread = Expression(text, ast.parse(text, mode="eval").body, frozenset())
        with pytest.raises(ExpressionError):
            evaluate(unread, Scope())


def test_all_that_one_draw_computes_is_bounded() -> None:
    big = parse("correlate([[1]*16]*16, [[1]*8]*8)")
    scope = Scope()
    evaluate(big, scope)
    for _ in range(MOST_WORK // scope.work - 1):
        evaluate(big, scope)
    with pytest.raises(ExpressionError, match="computes too much"):
        evaluate(big, scope)


def test_reading_twice_gives_the_same_expression() -> None:
    assert parse("n + 1") is parse("n + 1")
    assert parse("n + len([m])").names == {"n", "m"}
