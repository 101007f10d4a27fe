"""The data behind a native chart, whose embedded workbook holds text and numbers and never a formula."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from xlsxwriter import Workbook

from segreport.domain import Chart
from segreport.render.fill import clean_text

_PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime(1980, 1, 1)


class _PlainSheet:
    """Opens the embedded workbook so that text stays text."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: BytesIO) -> Iterator[Any]:
        workbook = Workbook(xlsx_file, _PLAIN)
        workbook.set_properties({"created": _CREATED})
        yield workbook, workbook.add_worksheet()
        workbook.close()


class _CategoryWriter(_PlainSheet, CategoryWorkbookWriter):
    pass


class _XyWriter(_PlainSheet, XyWorkbookWriter):
    pass


class PlainCategoryData(CategoryChartData):
    """Categories and series."""

    @property
    def _workbook_writer(self) -> CategoryWorkbookWriter:
        return _CategoryWriter(self)  # type: ignore[no-untyped-call]


class PlainXyData(XyChartData):
    """Series of points."""

    @property
    def _workbook_writer(self) -> XyWorkbookWriter:
        return _XyWriter(self)  # type: ignore[no-untyped-call]


def category_data(
    categories: Iterable[str], series: Iterable[tuple[str, Iterable[float | None]]], number_format: str
) -> PlainCategoryData:
    """Chart data of named series over the categories."""
    data = PlainCategoryData(number_format=number_format)  # type: ignore[no-untyped-call]
    data.categories = [_label(category) for category in categories]
    for name, values in series:
        data.add_series(_label(name), [_finite(value) for value in values])  # type: ignore[no-untyped-call]
    return data


def xy_data(chart: Chart) -> PlainXyData:
    """Chart data of a scatter: one series of points for every series of the chart."""
    data = PlainXyData()  # type: ignore[no-untyped-call]
    for series in chart.series:
        points = data.add_series(_label(series.name))  # type: ignore[no-untyped-call]
        for x, y in zip(series.xs, series.values, strict=True):
            if y is not None and math.isfinite(x) and math.isfinite(y):
                points.add_data_point(x, y)
    return data


def _label(text: str) -> str:
    return clean_text(text).replace("\n", " ")


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
