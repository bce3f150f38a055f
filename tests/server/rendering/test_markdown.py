"""Statements to HTML."""

from __future__ import annotations

from server.rendering.markdown import statement_html


def render(text: str) -> str:
    return str(statement_html(text, "/pictures/"))


def test_the_title_is_left_out_and_headings_have_anchors():
    html = render("# Title\n\n## The maths\n\n### Padding\n")
    assert "Title" not in html
    assert '<h2 id="the-maths">' in html
    assert '<h3 id="padding">' in html


def test_headings_of_level_one_go_down_a_level():
    html = render("# Title\n\n# Goal\n\n## Part\n")
    assert '<h2 id="goal">' in html
    assert '<h3 id="part">' in html


def test_a_line_never_ends_within_a_number():
    html = render("All 2 359 296 weights of 12 layers, `1 000` in code, in 2026 100 of them.\n")
    assert "All 2\u202f359\u202f296 weights of 12 layers" in html
    assert "<code>1 000</code>" in html
    assert "in 2026 100 of them" in html


def test_raw_html_is_shown_not_run():
    html = render('<script>alert(1)</script> and <b onclick="x">bold</b>\n')
    assert "<script" not in html
    assert "<b " not in html


def test_links_run_no_script():
    assert "href" not in render("[x](javascript:alert(1))")


def test_inline_and_block_formulas_are_set():
    html = render("A stride of $s = 2$ gives\n\n$$\nH = 1\n$$\n")
    assert 'class="math inline"' in html
    assert 'display="block"' in html


def test_a_price_is_no_formula():
    assert "<math" not in render("It costs 5$ or 6$ a month.")


def test_a_formula_at_the_beginning_is_set_whatever_stands_at_the_end():
    assert render("$2\\times2$ kernel, stride 2").count("<math") == 1


def test_code_is_coloured_where_its_language_is_known():
    assert '<span class="k">def</span>' in render("```python\ndef f(): ...\n```\n")
    assert "&lt;x&gt;" in render("```nosuchlanguage\n<x>\n```\n")
    assert "&lt;x&gt;" in render("```\n<x>\n```\n")


def test_pictures_come_from_the_folder():
    assert 'src="/pictures/kernel.png"' in render("![k](kernel.png)")
    assert 'src="/pictures/figures/kernel.png"' in render("![k](./figures/kernel.png)")
    assert 'src="https://example.org/k.png"' in render("![k](https://example.org/k.png)")


def test_tables_can_be_scrolled():
    assert '<div class="table-scroll"' in render("| a | b |\n|---|---|\n| 1 | 2 |\n")
