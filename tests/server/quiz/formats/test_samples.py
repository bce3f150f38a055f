"""Files as other programs write them, odd ones and broken ones: each has what must come of it beside it, in JSON.

A new sample is a file in `samples/`; run this file as a script to write what comes of every sample, and read the
difference before it is committed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.quiz.formats import FORMATS, FormatError, read, write
from server.quiz.source import question_to_dict

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".json")


def outcome(path: Path) -> dict[str, Any]:
    """What comes of a file: the questions, and place, name and reason of all that was refused or left behind."""
    try:
        imported = read(path.read_bytes(), path.name)
    except FormatError as error:
        return {"error": error.message}
    return {
        "questions": [question_to_dict(question) for question in imported.questions],
        "refused": [[each.place, each.name, each.reason] for each in imported.refused],
        "notes": [[each.place, each.name, each.reason] for each in imported.notes],
    }


def expected_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def test_there_are_samples_of_every_format_and_none_without_its_outcome():
    assert {path.parent.name for path in FILES} == set(FORMATS)
    assert len(FILES) >= 25
    assert sorted(SAMPLES.rglob("*.json")) == sorted(expected_path(path) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SAMPLES)) for path in FILES])
def test_a_file_gives_its_questions_and_the_reasons_for_the_rest(path):
    assert outcome(path) == json.loads(expected_path(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("format_name", ["gift", "moodle_xml", "qti12", "qti21", "stride_toml"])
def test_what_was_read_from_a_sample_can_be_written_and_read_in_every_rich_format(format_name):
    for path in FILES:
        if "questions" not in outcome(path):
            continue
        questions = [each for each in read(path.read_bytes(), path.name).questions if not each.has_parameters]
        written = write(questions, format_name)
        assert written.left_out == []
        if questions:
            assert read(written.data, written.filename).questions == questions


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SAMPLES)) for path in FILES])
def test_a_file_that_is_cut_off_is_refused_or_read_in_part_but_breaks_nothing(path, tmp_path):
    data, cut_off = path.read_bytes(), tmp_path / path.name
    for end in range(1, len(data), max(1, len(data) // 12)):
        cut_off.write_bytes(data[:end])
        found = outcome(cut_off)
        assert "questions" in found or found["error"].endswith(".")


if __name__ == "__main__":
    for sample in FILES:
        text = json.dumps(outcome(sample), indent=1, ensure_ascii=False)
        expected_path(sample).write_text(f"{text}\n", encoding="utf-8")
