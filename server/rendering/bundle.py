"""A submission's files as one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from server.models import SubmissionFile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: the same files give the same bytes."""


def bundle(files: Sequence[SubmissionFile]) -> bytes:
    """The files, each at the top of a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            member = zipfile.ZipInfo(file.name, EPOCH)
            archive.writestr(member, file.content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
