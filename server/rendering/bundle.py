"""A submission's files as one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from server.models import SubmissionFile, Weights

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: the same files give the same bytes."""


def bundle(files: Sequence[SubmissionFile], weights: Weights | None = None) -> bytes:
    """The files, each at the top of a zip, and the weights beside them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            member = zipfile.ZipInfo(file.name, EPOCH)
            archive.writestr(member, file.content, zipfile.ZIP_DEFLATED)
        if weights is not None:
            archive.writestr(zipfile.ZipInfo(weights.name, EPOCH), weights.content, zipfile.ZIP_STORED)
    return buffer.getvalue()
