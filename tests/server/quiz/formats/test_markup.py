"""HTML and plain text to Markdown and back: nothing that is seen is lost, and nothing of it becomes markup."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings

from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.markup.html_reading import from_html
from server.quiz.formats.markup.html_writing import to_html
from server.quiz.formats.markup.plain import from_plain, to_plain
from server.quiz.formats.rich import simple, to_markdown
from server.rendering.questions import show_text
from tests.server.quiz.formats.strategies import PLAIN_LINES, TEXTS

HTML = {
    "bold and italics": ("a <b>bold</b> <em>word</em>", "a **bold** *word*"),
    "blanks move out of marks": ("one<b> two </b>three", "one **two** three"),
    "marks that touch are one": ("<strong>x</strong><b>y</b>", "**xy**"),
    "marks that Markdown could not show are left out": ("foo<b>(bar)</b>baz", "foo(bar)baz"),
    "both": ("<b><i>z</i></b>", "***z***"),
    "struck out": ("<del>a</del>, <s>b</s>, <strike>c</strike>", "~~a~~, ~~b~~, ~~c~~"),
    "colour and size go": ('<span style="color:red"><font size="5">x</font></span>', "x"),
    "code": ("<code>a*b</code> <tt>``</tt>", "`a*b` ``` `` ```"),
    "signs are text": ("2*3*4 _x_ `y` $5 # 1", r"2\*3\*4 \_x\_ \`y\` \$5 # 1"),
    "a line that would be a list": ("1. one<br>- two<br>&gt; three", "1\\. one\\\n\\- two\\\n\\> three"),
    "entities that are text": ("&amp;amp; &lt;b&gt;", r"\&amp; <b>"),
    "a smaller-than that is no tag": ("if x<y then x << 1", "if x<y then x << 1"),
    "no-break spaces": ("a&nbsp;b<p>&nbsp;</p>", "a b"),
    "paragraphs": ("<p>one</p><div>two</div>three", "one\n\ntwo\n\nthree"),
    "breaks": ("<p>one<br>two<br></p>", "one\\\ntwo"),
    "headings are bold lines": ("<h3>Title</h3><p>x</p>", "**Title**\n\nx"),
    "a rule and a quotation": ("<hr><blockquote><p>a</p><p>b</p></blockquote>", "***\n\n> a\n>\n> b"),
    "a list in a list": ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n  1. c"),
    "two lists": ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
    "a list that goes on": ("<ol start='3'><li>a</li><li>b</li></ol>", "3. a\n4. b"),
    "code on lines": (
        "<pre><code class='language-python'>if a &lt; b:\n    c\n</code></pre>",
        "```python\nif a < b:\n    c\n```",
    ),
    "a table": (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><p>2|3</p></td></tr></tbody></table>",
        "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |",
    ),
    "a table without headings": ("<table><tr><td>1</td><td>2</td></tr></table>", "|  |  |\n| --- | --- |\n| 1 | 2 |"),
    "links to pages": ('<a href="https://a.b/?x=1&amp;y=2">see</a>', "[see](<https://a.b/?x=1&y=2>)"),
    "other links": ('<a href="javascript:alert(1)">see</a> <a href="#x">it</a>', "see it"),
    "small digits": ("H<sub>2</sub>O, 10<sup>-3</sup>", "H₂O, 10⁻³"),
    "small letters": ("w<sup>k*</sup>", "w${}^{k*}$"),
    "formulas": (r"\(n+1\) and \[ \frac{a}{b} \], $$c$$", r"$n+1$ and $$\frac{a}{b}$$, $$c$$"),
    "a formula beside a digit": (r"2\(x\)3", "2\u2060$x$\u20603"),
    "a dollar that is money": ("$5 and $6", r"\$5 and \$6"),
    "an open formula": (r"\( and", r"\\( and"),
    "Canvas's formula": ('<img class="equation_image" src="/x" data-equation-content="x^2">', "$x^2$"),
    "Canvas's old formula": ('<img class="equation_image" alt="LaTeX: x_1">', "$x_1$"),
    "MathML with TeX": (
        '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>',
        "$x$",
    ),
    "a picture without a source": ('<img src="">x', "x"),
    "scripts and styles": ("<script>alert(1)</script><style>p{}</style>x<!-- y -->", "x"),
    "nothing": (" <p> </p>\n", ""),
}
REFUSED = {
    '<p>See <img src="@@PLUGINFILE@@/a.png" alt="A kernel"></p>': "picture in it (“A kernel”)",
    "<video src=x></video>": "media in it (<video>)",
    "<iframe src=x></iframe>": "media in it (<iframe>)",
    "<svg><path/></svg>": "a picture in it (<svg>)",
    "<input type=text>": "a field to fill in",
    "<math><mi>x</mi></math>": "MathML without its TeX",
    "<table><tr><td colspan=2>x</td></tr></table>": "span several",
    "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>": "a table within a table",
    "<table><tr><td><pre>x</pre></td></tr></table>": "code blocks",
    r"x<sup>\text{$a$}</sup>": "dollar sign",
    "<div>" * 100: "nested too deeply",
    "x" * 100_001: "longer than 100,000",
}


@pytest.mark.parametrize("name", HTML)
def test_html_becomes_markdown_that_shows_the_same(name):
    html, markdown = HTML[name]
    assert from_html(html) == markdown


@pytest.mark.parametrize("html", REFUSED, ids=[reason[:20] for reason in REFUSED.values()])
def test_what_cannot_come_over_is_refused_with_a_reason(html):
    with pytest.raises(NotHeld, match=re.escape(REFUSED[html])):
        from_html(html)


def words_in(html: str) -> str:
    """What is read in HTML, whatever its marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).replace("\u2060", "").replace("\u00a0", " ").split())


@settings(deadline=None, max_examples=200)
@given(text=TEXTS)
def test_markdown_through_html_keeps_every_word_and_settles(text):
    once = from_html(to_html(text))
    assert words_in(to_html(once)).replace(" ", "") == words_in(to_html(text)).replace(" ", "")
    assert from_html(to_html(once)) == once


@settings(deadline=None, max_examples=200)
@given(line=PLAIN_LINES)
def test_plain_text_shows_as_it_is_written(line):
    markdown = from_plain(line)
    again = to_plain(markdown)
    assert from_plain(again.text) == markdown
    if not re.search(r"[`\\$\u2060]", line):
        assert again.text == line
        assert not re.search(r"<(strong|em|s|a|ul|ol|h\d|code|table|hr)\b", to_html(markdown))


def test_lines_and_indents_of_plain_text_stay():
    assert (
        str(show_text(from_plain("if a:\n    b\n\nend")))
        == "<p>if a:<br />\n\u00a0\u00a0\u00a0\u00a0b</p>\n<p>end</p>\n"
    )
    assert to_plain(from_plain("if a:\n    b\n\nend")).text == "if a:\n    b\n\nend"


@pytest.mark.parametrize(
    ("markdown", "text", "lost"),
    [
        ("a **b** [c](https://d.e)", "a b c", {"bold type", "links"}),
        ("- a\n- b", "- a\n- b", {"lists"}),
        ("3. a\n4. b", "3. a\n4. b", {"lists"}),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2", {"tables"}),
        ("```\ncode\n```\n\nend", "code\n\nend", {"code blocks"}),
        ("wrapped\nhere", "wrapped here", set()),
        ("$$x$$", r"\[x\]", set()),
    ],
)
def test_markup_that_plain_text_lacks_is_named(markdown, text, lost):
    plain = to_plain(markdown)
    assert plain.text == text
    assert plain.lost == lost


def test_only_words_and_formulas_are_simple():
    assert simple(r"A $3\times3$ kernel, 50 %") == r"A \(3\times3\) kernel, 50 %"
    for text in ("a **b**", "`c`", "1 < 2", "R&D", "- a", r"a \(b"):
        assert simple(text) is None


@pytest.mark.parametrize(
    ("text", "markup", "markdown"),
    [
        ("a*b &lt; c\nd", "moodle", "a\\*b < c\\\nd"),
        ("wrapped\n    by hand", "moodle", "wrapped\\\nby hand"),
        ("if a:\n    b", "plain", "if a:\\\n\u00a0\u00a0\u00a0\u00a0b"),
        ("a <b>b</b>\nc", "moodle", "a **b**\\\nc"),
        ("a <b>b</b>", "plain", "a <b>b</b>"),
        ("a **b** $x$", "markdown", "a **b** $x$"),
        ("a **b**<br>5<sup>2</sup>", "markdown", "a **b**\\\n5²"),
        ("# Title\n\ntext", "markdown", "**Title**\n\ntext"),
    ],
)
def test_a_text_is_read_by_the_markup_that_it_names(text, markup, markdown):
    assert to_markdown(text, markup) == markdown


def test_an_image_in_markdown_is_refused():
    with pytest.raises(NotHeld, match="picture"):
        to_markdown("see ![a kernel](kernel.png)", "markdown")


@pytest.mark.parametrize(
    "piece", ["\\(", "$$a", "`a", "`` ` ", "<", "<b>(</b>", "a<b>(</b>", "<a:", "*_", "- ", "-:|", "&"]
)
def test_hostile_texts_take_no_time(piece):
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    from_html(text)
    from_plain(f"{text}x")
    assert time.process_time() - started < 10
