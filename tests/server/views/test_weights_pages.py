"""Trained networks on the pages: two files together, what they hold, the same bytes back, the network's figures."""

from __future__ import annotations

import io
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import torch

from grader.contract import Model
from tests.grader.contract.uploads import zip_of
from tests.grader.contract.weights_files import TWO, safetensors_file, tensor
from tests.server.views.conftest import write_folder

ASSIGNMENT = "/courses/cnn-2026/assignments/04-conv-forward/"
PAGE = "/submissions/1/"
CODE = b"class Net:\n    pass\n"
TOML = """
title = "A network"
summary = "Handed in trained."
profile = "torch"
filename = "model.py"
points = 10

[[entry]]
name = "Net"
kind = "class"

[trained]
weights = "weights.safetensors"
max_mib = 6
input = [1, 32, 32]
max_parameters = 10000
max_mult_adds = 1000000
"""


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("trained-networks")
    (write_folder(root, "04-conv-forward", "Net", 10) / "assignment.toml").write_text(TOML)
    write_folder(root, "08-pooling", "pool_forward", 20)
    return root


@pytest.fixture
def upload(ada, published):
    def upload(*files: tuple[bytes, str], **fields):
        data = {"file": [(BytesIO(content), name) for content, name in files], **fields}
        return ada.post(f"{ASSIGNMENT}submissions", data, page=ASSIGNMENT)

    return upload


def test_the_page_asks_for_both_files_and_names_the_budgets(ada, published):
    page = ada.text(ASSIGNMENT)
    assert "<code>model.py</code> and <code>weights.safetensors</code>" in page
    assert "6 MiB at most" in page
    assert "10,000 parameters in <code>weights.safetensors</code>" in page
    assert "1,000,000 mult-adds for an image of 1 × 32 × 32" in page
    assert " multiple" in page
    assert "keep_weights" not in page


@pytest.mark.parametrize("is_turned", [False, True])
def test_two_files_are_handed_in_together_in_any_order(ada, upload, is_turned):
    files = [(CODE, "model.py"), (TWO, "mine.safetensors")]
    assert upload(*(files[::-1] if is_turned else files)).status_code == 303
    page = ada.text(PAGE)
    assert "The submitted <bdi>weights.safetensors</bdi>" in page
    assert "<td><code>b</code></td><td>F32</td><td>1 × 2</td>" in page
    assert f"{len(TWO)} bytes in 2 tensors" in page


def test_the_same_bytes_come_back_alone_and_in_the_zip(ada, signed_in, upload):
    upload((zip_of({"model.py": CODE, "weights.safetensors": TWO}), "all.zip"))
    response = ada.get(f"{PAGE}weights")
    assert response.data == TWO
    assert response.headers["Content-Disposition"] == 'attachment; filename="weights.safetensors"'
    with zipfile.ZipFile(io.BytesIO(ada.get(f"{PAGE}files.zip").data)) as archive:
        assert archive.read("weights.safetensors") == TWO
        assert archive.namelist() == ["model.py", "weights.safetensors"]
    assert signed_in("grace").get(f"{PAGE}weights").status_code == 404
    assert signed_in("lecturer").get(f"{PAGE}weights").data == TWO


def test_what_torch_saves_is_refused_with_the_lines_that_convert_it_and_the_code_stays(upload):
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(1)}, buffer)
    response = upload((CODE, "model.py"), (buffer.getvalue(), "weights.pt"))
    assert response.status_code == 422
    assert "weights.pt is what torch.save writes (.pt)" in response.text
    assert "from safetensors.torch import save_file" in response.text
    assert "class Net:" in response.text


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([(CODE, "model.py")], "The weights are missing. Choose model.py and weights.safetensors together"),
        ([(TWO, "weights.safetensors")], "weights.safetensors came without model.py"),
        ([(CODE, "model.py"), (TWO, "a.safetensors"), (TWO, "b.safetensors")], "You chose model.py, a.safetensors"),
        ([(CODE, "model.py"), (CODE, "other.py")], "You chose model.py, other.py"),
        ([(b"", "")], "No file was chosen"),
    ],
)
def test_other_choices_of_files_are_refused_in_words(upload, files, words):
    response = upload(*files)
    assert response.status_code == 422
    assert words in response.text


def test_weights_are_kept_from_an_earlier_submission_by_file_and_in_the_editor(ada, upload):
    upload((CODE, "model.py"), (TWO, "weights.safetensors"))
    page = ada.text(ASSIGNMENT)
    assert page.count("Keep the weights of submission #1") == 2
    assert upload((CODE, "model.py"), keep_weights="1").status_code == 303
    fields = {"code": CODE.decode(), "keep_weights": "1"}
    assert ada.post(f"{ASSIGNMENT}submissions", fields, page=ASSIGNMENT).status_code == 303
    assert [ada.get(f"/submissions/{number}/weights").data for number in (1, 2, 3)] == [TWO] * 3
    assert upload((CODE, "model.py"), keep_weights="x").status_code == 422


def test_the_figures_of_the_network_are_shown_when_it_is_graded(ada, upload, record):
    upload((CODE, "model.py"), (TWO, "weights.safetensors"))
    assert "The trained network" not in ada.text(PAGE)
    record(type("Submission", (), {"id": 1}), model=Model(accuracy=0.9745, parameters=2754, mult_adds=152256))
    page = ada.text(PAGE)
    assert "<dt>Accuracy on held-out images</dt><dd>97.5%</dd>" in page
    assert "<dt>Parameters</dt><dd>2,754</dd>" in page
    assert "<dt>Mult-adds for an image</dt><dd>152,256</dd>" in page


def test_figures_that_were_not_reached_are_left_out(ada, upload, record):
    upload((CODE, "model.py"), (TWO, "weights.safetensors"))
    record(type("Submission", (), {"id": 1}), model=Model(parameters=2754))
    page = ada.text(PAGE)
    assert "<dd>2,754</dd>" in page
    assert "Accuracy on held-out images" not in page


def test_names_of_tensors_are_text(ada, upload):
    forged = safetensors_file({"<img src=x onerror=alert(1)>": tensor(0, 4, 1)}, bytes(4))
    assert upload((CODE, "model.py"), (forged, "weights.safetensors")).status_code == 303
    assert "<img src=x" not in ada.text(PAGE)
    assert "&lt;img src=x" in ada.text(PAGE)


def test_weights_may_be_larger_than_any_other_upload_but_only_where_they_are_asked_for(ada, published):
    large = safetensors_file({"a": tensor(0, 5_500_000, 5_500_000, dtype="U8")}, bytes(5_500_000))
    parts = [b'name="csrf_token"\r\n\r\n' + ada.token(ASSIGNMENT).encode()]
    for name, content in (("model.py", CODE), ("weights.safetensors", large)):
        parts.append(f'name="file"; filename="{name}"\r\n\r\n'.encode() + content)
    body = b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    other = ASSIGNMENT.replace("04-conv-forward", "08-pooling")
    for address, status in ((ASSIGNMENT, 303), (other, 413)):
        response = ada.client.post(
            f"{address}submissions", data=body, content_type="multipart/form-data; boundary=edge"
        )
        assert response.status_code == status


def test_a_submission_without_weights_has_no_such_download(ada, upload):
    upload((CODE, "model.py"), (TWO, "weights.safetensors"))
    assert ada.get("/submissions/2/weights").status_code == 404
