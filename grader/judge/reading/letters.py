"""Letters that are not what they look like, and marks that change the order in which a line is shown."""

from __future__ import annotations

import io
import itertools
import re
import tokenize
import unicodedata
from collections.abc import Iterator

from grader.contract import Flag

MOST_TOKENS = 60_000
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
CYRILLIC = "асеорхуіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ"
GREEK = "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
LOOKALIKES = frozenset(CYRILLIC + GREEK)
"""Letters of other alphabets that look like Latin ones."""


def letters(source: str) -> Iterator[Flag]:
    """A flag for each such name and line of a source. Names after the first MOST_TOKENS tokens are not read."""
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
