"""What a check shows beside its verdict, ready for a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grader.contract.figure import Chart, figure_from_dict
from server.rendering.chart import DrawnChart, drawn_chart
from server.rendering.feature_maps import DrawnMaps, drawn_maps


def figures(stored: Iterable[dict[str, Any]]) -> list[DrawnChart | DrawnMaps]:
    """The figures of a check as they are stored, drawn in their order."""
    read = map(figure_from_dict, stored)
    return [drawn_chart(figure) if isinstance(figure, Chart) else drawn_maps(figure) for figure in read]
