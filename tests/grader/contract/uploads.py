"""Makes the uploads that the tests hand in: notebooks and zips."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping


def notebook(*cells: str, markdown: str = "# A title", **fields: object) -> bytes:
    """A notebook with these code cells, as Jupyter writes it, with an output below each."""
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}}
    code = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "execution_count": number,
            "metadata": {"collapsed": False},
            "source": source.splitlines(keepends=True),
            "outputs": [picture],
        }
        for number, source in enumerate(cells, 1)
    ]
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": markdown}
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python", "version": "3.11.2"},
    }
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [text, *code]}
    return json.dumps(whole | fields).encode()


def zip_of(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_member(name: str = "conv.py", content: bytes = b"x = 1\n", **attributes: int) -> bytes:
    """A zip of one file whose header says what it should not: `external_attr`, for a link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        for attribute, value in attributes.items():
            setattr(info, attribute, value)
        archive.writestr(info, content)
    return buffer.getvalue()
