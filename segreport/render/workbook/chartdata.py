"""The sheet that holds the figures behind the charts, block under block, so that every chart can be edited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from segreport.render.fill import clean_text
from segreport.render.workbook.cells import limited, write_value
from segreport.render.workbook.package import Element, q
from segreport.render.workbook.plots import Plot
from segreport.render.workbook.references import letters, quoted
from segreport.render.workbook.styles import Paint, Styles

_FAR = 16


@dataclass(frozen=True)
class Look:
    """The styles of a block: its title, its heads, its words and its figures."""

    title: int = 0
    head: int = 0
    figure_head: int = 0
    text: int = 0
    figure: int = 0


@dataclass(frozen=True)
class Range:
    """Where the words or figures of a series stand, as a chart refers to them."""

    name: str
    categories: str
    values: str


@dataclass
class ChartData:
    """Lays out the data of one chart after the other from a corner downwards."""

    sheet: str
    column: int
    row: int
    look: Look
    styles: Styles
    rows: dict[int, list[tuple[int, int, float | str | None]]] = field(default_factory=dict)
    clouds: int = 0

    def __post_init__(self) -> None:
        self.top = self.row

    def add(self, title: str, plot: Plot, code: str) -> list[Range]:
        """Write a plot's block (``code`` is the format of its figures); returns the ranges of its series."""
        style = self.styles.paint(self.look.figure, Paint(format=code))
        if any(series.xs for series in plot.series):
            return self._beside(title, plot, style)
        self._put(self.column, self.row, self.look.title, title)
        ranges = list(self._table(plot, self.row + 1, style))
        self.row += len(plot.categories) + 3
        return ranges

    def _beside(self, title: str, plot: Plot, style: int) -> list[Range]:
        """Clouds of points are long: they stand to the right of all other blocks."""
        column = self.column + _FAR + self.clouds
        self.clouds += 2 * len(plot.series) + 1
        self._put(column, self.top, self.look.title, title)
        return list(self._points(plot, column, self.top + 1, style))

    def elements(self) -> Iterator[Element]:
        """The rows of the sheet."""
        for number in sorted(self.rows):
            row = etree.Element(q("row"), r=str(number))
            for column, style, value in sorted(self.rows[number], key=lambda cell: cell[0]):
                cell = etree.SubElement(row, q("c"), r=f"{letters(column)}{number}")
                if style:
                    cell.set("s", str(style))
                write_value(cell, limited(clean_text(value)) if isinstance(value, str) else value)
            yield row

    def _table(self, plot: Plot, head: int, style: int) -> Iterator[Range]:
        """Categories down, series to the right."""
        self._put(self.column, head, self.look.head, "")
        for at, category in enumerate(plot.categories, 1):
            self._put(self.column, head + at, self.look.text, category)
        last = head + max(1, len(plot.categories))
        for offset, series in enumerate(plot.series, 1):
            column = self.column + offset
            self._put(column, head, self.look.figure_head, series.name)
            for at, value in enumerate(series.values, 1):
                self._put(column, head + at, style, value)
            yield Range(
                self._area(column, head, head),
                self._area(self.column, head + 1, last),
                self._area(column, head + 1, last),
            )

    def _points(self, plot: Plot, first: int, head: int, style: int) -> Iterator[Range]:
        """Two columns for every series: across and up."""
        for offset, series in enumerate(plot.series):
            column = first + 2 * offset
            self._put(column, head, self.look.figure_head, series.name)
            self._put(column + 1, head, self.look.figure_head, series.name)
            for at, (x, y) in enumerate(zip(series.xs, series.values, strict=True), 1):
                self._put(column, head + at, style, x)
                self._put(column + 1, head + at, style, y)
            last = head + max(1, len(series.values))
            yield Range(
                self._area(column + 1, head, head),
                self._area(column, head + 1, last),
                self._area(column + 1, head + 1, last),
            )

    def _put(self, column: int, row: int, style: int, value: float | str | None) -> None:
        self.rows.setdefault(row, []).append((column, style, value))

    def _area(self, column: int, top: int, bottom: int) -> str:
        first, last = (f"${letters(column)}${row}" for row in (top, bottom))
        return f"{quoted(self.sheet)}!{first}" + (f":{last}" if top != bottom else "")
