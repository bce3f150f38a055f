"""Questions that Hypothesis makes up: of every kind, with texts full of what the formats take for signs."""

from __future__ import annotations

from string import ascii_lowercase

from hypothesis import strategies as st

from server.quiz.formats.fixing import as_template
from server.quiz.question import Answer, Kind, Option, Question, Scoring

SIGNS = (
    *("kernel", "3×3", "a*b", "_x_", "**bold**", "*it*", "`c*d`", "`` a`b ``", "~~gone~~"),
    *("[see](https://a.b/?c=1&d=2)", "[", "]", "(1)", "[1, 2]", "!", "_____", "\t", "'", '"', "--"),
    *("$n+1$", r"$\frac{a}{b}$", "$$x$$", r"\(x\)", r"\\(x\\)", r"\[y\]", "$5", r"\$6", "2$x$3"),
    *("<b>", "</b>", "<br>", "&amp;", "&", "<", "<<", r"\<<", "<<n>>", ">>", "<!--", "]]>", "?>", "<?stride {}?>"),
    *("{=right ~wrong}", "{T}", "{", "}", "~", "=", "#", "####", "::", "%50%", "//", r"\n", "\\", "->"),
    *("[html]", "[moodle]", "A) one", "ANSWER: A", "$CATEGORY: x", "@@PLUGINFILE@@", "=1+1", "+1", "_x000D_"),
    *("- x", "1. y", "# z", "> q", "---", "|", "a | b", "é", "漢字", "🙂", "\u00a0", "\u2060", "\u200b"),
)
BLOCKS = (
    "```python\ndef f(x):\n    return x << 1  # {=a}\n```",
    "```\n<b>&amp;</b>\n\n::title::\n```",
    "- one\n- two\n  - three",
    "1. one\n2. two",
    "| a | b |\n| --- | --- |\n| 1 | $x$ |",
    "$$\n\\sum_i x_i \\\\ \\left\\{ y \\right\\}\n$$",
    "> quoted\n> twice",
    "## heading",
    "    indented << code",
    "***",
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
WORDS = st.one_of(st.sampled_from(SIGNS), st.text(LETTERS, min_size=1, max_size=6), st.sampled_from(["is", "of", "12"]))
LINES = (
    st.lists(WORDS, min_size=1, max_size=5)
    .flatmap(lambda words: st.sampled_from([" ", " ", "", "\n"]).map(lambda between: between.join(words)))
    .map(str.strip)
    .filter(lambda text: text and "![" not in text)
)
"""Markdown of one paragraph, as far as its words let it be one."""
TEXTS = (
    st.lists(st.one_of(LINES, LINES, st.sampled_from(BLOCKS)), min_size=1, max_size=3)
    .map("\n\n".join)
    .map(str.strip)
    .filter(lambda text: text and "![" not in text)
)
"""Markdown as it is shown; `as_template` makes of it what a question holds."""

PLAIN_LINES = (
    st.lists(WORDS, min_size=1, max_size=5).map(" ".join).map(lambda text: " ".join(text.split())).filter(bool)
)
"""One line of plain text."""

NAMES = st.lists(st.text(ascii_lowercase + "0123456789", min_size=1, max_size=6), min_size=1, max_size=3).map("-".join)
TITLES = st.one_of(st.just(""), LINES.map(str.strip))
NUMBERS = st.decimals(-1000, 1000, places=3, allow_nan=False).map(
    lambda number: f"{number.normalize():f}" if number else "0"
)
WIDTHS = st.sampled_from(["0", "0", "0.001", "0.25", "5"])
PARTS = st.sampled_from([1 / 2, 1 / 3, 1 / 4, 2 / 3, 0.3, -1 / 2, -1 / 3, -1.0])
POINTS = st.sampled_from([1.0, 1.0, 2.0, 0.5, 10.0])


def templates(texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[str]:
    """Texts as questions hold them."""
    return texts.map(as_template)


@st.composite
def options(draw: st.DrawFn, right: st.SearchStrategy[list[bool]], texts: st.SearchStrategy[str]) -> list[Option]:
    """Options whose texts differ in more than their numbers."""
    whys = st.one_of(st.just(""), templates(texts))
    return [
        Option(as_template(f"{draw(texts)} o{ascii_lowercase[place]}"), is_right, draw(whys))
        for place, is_right in enumerate(draw(right))
    ]


@st.composite
def singles(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Question:
    """Single choice, now and then with parts of the points for wrong options."""
    count = draw(st.integers(2, 6))
    place = draw(st.integers(0, count - 1))
    found = draw(options(st.just([index == place for index in range(count)]), texts))
    if draw(st.booleans()):
        parts = [None if each.is_right else draw(st.one_of(st.none(), PARTS)) for each in found]
        found = [Option(each.text, each.is_right, each.why, part) for each, part in zip(found, parts, strict=True)]
    return Question("x", Kind.SINGLE, draw(templates(texts)), tuple(found), shuffles=draw(st.booleans()))


@st.composite
def multiples(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Question:
    """Several right options, under every rule."""
    found = draw(options(st.lists(st.booleans(), min_size=2, max_size=6).filter(any), texts))
    scoring = draw(st.sampled_from(list(Scoring)))
    if scoring is Scoring.FRACTIONS:
        signed = [(abs(part) if each.is_right else -abs(part)) for each in found for part in [draw(PARTS)]]
        found = [Option(each.text, each.is_right, each.why, part) for each, part in zip(found, signed, strict=True)]
    return Question(
        "x", Kind.MULTIPLE, draw(templates(texts)), tuple(found), scoring=scoring, shuffles=draw(st.booleans())
    )


@st.composite
def true_falses(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Question:
    """A statement."""
    is_true = draw(st.booleans())
    whys = st.one_of(st.just(""), templates(texts))
    verdicts = (Option("True", is_true, draw(whys)), Option("False", not is_true, draw(whys)))
    return Question("x", Kind.TRUE_FALSE, draw(templates(texts)), verdicts)


@st.composite
def numerics(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Question:
    """A number, with further answers that may lie within the tolerance of earlier ones."""
    whys = st.one_of(st.just(""), templates(texts))
    values = draw(st.lists(NUMBERS, min_size=1, max_size=4, unique=True))
    fractions = [1.0, *(draw(st.sampled_from([0.0, 0.5, 1.0, 1 / 3])) for _ in values[1:])]
    answers = [Answer(each, draw(WIDTHS), part, draw(whys)) for each, part in zip(values, fractions, strict=True)]
    return Question("x", Kind.NUMERIC, draw(templates(texts)), answers=tuple(answers))


@st.composite
def described(draw: st.DrawFn, bare: st.SearchStrategy[Question]) -> Question:
    """A question with everything else that it may have."""
    question = draw(bare)
    right = sum(option.is_right for option in question.options)
    can_show = question.kind in (Kind.SINGLE, Kind.MULTIPLE) and len(question.options) > max(2, right)
    return Question(
        id=draw(NAMES),
        kind=question.kind,
        stem=question.stem,
        options=question.options,
        answers=question.answers,
        scoring=question.scoring,
        shuffles=question.shuffles,
        show=draw(st.integers(max(2, right), len(question.options))) if can_show and draw(st.booleans()) else None,
        points=draw(POINTS),
        title=draw(TITLES),
        topic=draw(st.sampled_from(["", "Q22"])),
        source=draw(st.sampled_from(["", "D2 L129-135, L140"])),
        difficulty=draw(st.sampled_from([None, 1, 3])),
        explanation=draw(st.one_of(st.just(""), templates())),
        tags=tuple(draw(st.lists(LINES.map(lambda text: " ".join(text.split())).filter(bool), max_size=2))),
    )


QUESTIONS = described(st.one_of(singles(), multiples(), true_falses(), numerics()))
