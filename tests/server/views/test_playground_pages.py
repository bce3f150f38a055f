"""The playgrounds: open to everyone, settings in the address, uploads in memory alone, refusals beside the field."""

from __future__ import annotations

import html
import io
import re
import tempfile

import numpy as np
import pytest
from PIL import Image
from werkzeug import formparser
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

CONVOLUTION, POOLING = "/playground/convolution", "/playground/pooling"
BOTH = [CONVOLUTION, POOLING]


def photograph(height: int = 40, width: int = 60) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(4).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def upload(visitor, path: str, content: bytes, **fields):
    """Posts a form as browsers do; the client's own encoding leaves a temporary file open."""
    file = FileStorage(io.BytesIO(content), filename="holiday.png", name="file")
    boundary, body = encode_multipart({"file": file, **fields})
    return visitor.client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def formulas(text: str) -> list[str]:
    return re.findall(r'data-formula="([^"]+)"', html.unescape(text))


def errors(text: str) -> dict[str, str]:
    return dict(re.findall(r'<p data-error-of="(\w+)">([^<]+)</p>', text))


@pytest.mark.parametrize("path", ["/playground/", *BOTH])
def test_nobody_needs_an_account(visitor, path):
    assert visitor.get(path, follow_redirects=True).status_code == 200


def test_it_is_in_everyones_navigation(visitor, ada, teacher):
    for somebody in (visitor, ada, teacher):
        navigation = somebody.text(CONVOLUTION).split('aria-label="Main"')[1].split("</nav>")[0]
        assert f'href="{CONVOLUTION}"' in navigation


def test_the_sizes_stand_there_with_the_formula_filled_in(visitor):
    page = visitor.text(f"{CONVOLUTION}?size=32&stride=2&pad=1&dilation=2")
    assert formulas(page) == ["⌊(32 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1 = 15"]
    assert formulas(visitor.text(f"{POOLING}?size=32&height=3&width=2&stride=2")) == [
        "⌊(32 − 3) / 2⌋ + 1 = 15",
        "⌊(32 − 2) / 2⌋ + 1 = 16",
    ]


def test_settings_in_the_address_are_the_form(visitor):
    page = visitor.text(f"{CONVOLUTION}?image=disc&size=16&kernel=own&numbers=1+2%0A3+4&operation=convolution&stride=3")
    assert '<option value="disc" selected>' in page
    assert '<option value="own" selected>My own numbers' in page
    assert re.search(r"<textarea[^>]*>1 2\n3 4</textarea>", page)
    assert re.search(r'name="stride" value="3"', page)
    assert "Turned" in page


@pytest.mark.parametrize("path", BOTH)
def test_an_impossible_setting_is_said_beside_the_field_and_kept(visitor, path):
    response = visitor.get(f"{path}?stride=-2")
    assert response.status_code == 422
    assert re.search(r'id="stride-error"[^>]*>.*Stride must be at least 1, not -2\.', response.text)
    assert re.search(r'name="stride" value="-2"', response.text)
    assert 'id="pick"' not in response.text


def test_a_kernel_that_does_not_fit_is_refused_in_the_references_words(visitor):
    response = visitor.get(f"{CONVOLUTION}?size=8&dilation=4")
    assert errors(response.text) == {"numbers": "A kernel that spans 9 pixels does not fit into 8."}


@pytest.mark.parametrize("path", BOTH)
def test_a_result_alone_is_no_page_and_names_refusals(visitor, path):
    fragment = visitor.text(f"{path}/result?stride=0")
    assert "<html" not in fragment
    assert errors(fragment) == {"stride": "Stride must be at least 1, not 0."}


def test_what_is_typed_is_escaped(visitor):
    page = visitor.get(
        f"{CONVOLUTION}?stride=%3Cscript%3E&kernel=own&numbers=%3C%2Ftextarea%3E%3Cscript%3E&image=%22x"
    ).text
    assert "<script>" not in page.replace("<script src=", "")
    assert "</textarea><script" not in page


def test_the_chosen_output_pixel_is_explained_number_by_number(visitor):
    page = visitor.text(f"{CONVOLUTION}?image=dot&size=8&kernel=own&numbers=1+2%3B+3+4&row=3&column=4")
    assert "0·1 + 0·2 + 255·3 + 0·4 = 765" in page


def test_a_pixel_beyond_the_output_is_its_last(visitor):
    page = visitor.text(f"{CONVOLUTION}?image=dot&size=8&row=99&column=2")
    assert "How output row 5, column 2 became" in page
    below = visitor.get(f"{CONVOLUTION}/result?row=-1&column=x").text
    assert errors(below) == {
        "row": "Row must be at least 0, not -1.",
        "column": "Column must be a whole number, not “x”.",
    }
    assert 'id="pick"' in below


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("max", "max(0, 0, 0, 255) = 255"),
        ("mean", "(0 + 0 + 0 + 255) / 4 = 63.75"),
        ("median", "sorted 0, 0, 0, 255; in the middle (0 + 0) / 2 = 0"),
        ("power", "(0^2 + 0^2 + 0^2 + 255^2)^(1/2) = 255"),
    ],
)
def test_a_pooled_value_is_explained(visitor, kind, line):
    page = visitor.text(f"{POOLING}?image=dot&size=8&kind={kind}&height=2&width=2&stride=1&row=3&column=3")
    assert line in page


def test_the_shift_experiment_shows_max_and_mean_and_names_the_theory(visitor):
    page = visitor.text(f"{POOLING}?image=noise&size=256&height=3&width=3&stride=3&dx=1&dy=0")
    kept = dict(re.findall(r'data-kept="(\w+)">([\d.]+) %', page))
    assert float(kept["max"]) == pytest.approx(50, abs=3)
    assert kept["mean"] == "0.0"
    assert "50.0 %" in page
    assert "for noise only" in page


@pytest.mark.parametrize("path", BOTH)
def test_an_upload_is_used_and_comes_back_with_the_page(visitor, path):
    response = upload(visitor, path, photograph())
    assert response.status_code == 200
    kept = re.search(r'name="kept" value="([^"]+)"', response.text).group(1)
    assert '<option value="own" selected>My own picture' in response.text
    again = visitor.client.post(f"{path}/result", data={"image": "own", "kept": kept, "stride": "2"})
    assert again.status_code == 200
    assert "(40 " in formulas(again.text)[0]
    assert "(60 " in formulas(again.text)[1]


def test_an_upload_never_touches_a_disk(visitor, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a file was opened for an upload")

    monkeypatch.setattr(formparser, "SpooledTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    content = photograph(700, 800)
    assert len(content) > 1024 * 1024
    assert upload(visitor, CONVOLUTION, content).status_code == 200


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a", "This file is neither a PNG nor a JPEG picture."),
        (photograph()[:900], "The picture is damaged"),
        (bytes(2 * 1024 * 1024 + 1), "a picture may have 2 MiB at most"),
        (bytes(5 * 1024 * 1024), "a picture may have 2 MiB at most"),
    ],
    ids=["gif", "cut", "large", "very large"],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(visitor, content, reason):
    response = upload(visitor, CONVOLUTION, content)
    assert response.status_code == 422
    assert reason in errors(response.text)["image"]


def test_a_forged_hidden_picture_is_refused(visitor):
    response = visitor.client.post(f"{CONVOLUTION}/result", data={"image": "own", "kept": "AAAA"})
    assert "neither a PNG" in errors(response.text)["image"]


def test_a_link_to_somebodys_own_picture_says_why_it_shows_none(visitor):
    assert "never stored" in errors(visitor.get(f"{CONVOLUTION}?image=own").text)["image"]


def test_colour_is_filtered_channel_by_channel(visitor):
    page = visitor.text(f"{CONVOLUTION}?size=16&colour=colour")
    assert [f"<h3>{name}</h3>" in page for name in ("Red", "Green", "Blue")] == [True] * 3
