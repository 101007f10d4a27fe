"""Chart -> Plot: the series a native chart shows, with the colour of each series and point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from segreport.domain import Chart, Series
from segreport.errors import TemplateError
from segreport.render.brand import Brand

BELOW, NEAR, ALL = "#8B96A0", "#C3CAD0", "#C3CAD0"
_NEAR_EDGE = 0.2
_NARROW = 0.045


@dataclass(frozen=True)
class PlotSeries:
    """One series: values by category (or by ``xs``), its colour, and points that have their own colour or no label."""

    name: str
    values: tuple[float | None, ...]
    xs: tuple[float, ...] = ()
    color: str | None = None
    label_color: str | None = None
    points: Mapping[int, str] = field(default_factory=dict)
    silent: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Plot:
    """What a native chart shows."""

    title: str
    categories: tuple[str, ...]
    series: tuple[PlotSeries, ...]


def make_plot(chart: Chart, segments: tuple[int, ...], brand: Brand, place: str) -> Plot:
    """The plot of a chart; raises TemplateError for kinds that have no native form."""
    maker = _MAKERS.get(chart.kind)
    if maker is None:
        raise TemplateError(
            f"{place}: {chart.name} is a {chart.kind} chart, which Excel has no chart for",
            "show it as cells: loop over its rows and paint them with fill()",
        )
    plot = maker(chart, segments, brand)
    return replace(plot, title=chart.title)


def _bars(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    points = {at: brand.paint(number).fill for at, number in enumerate(segments[: len(chart.categories)])}
    series = tuple(PlotSeries(s.name, s.values, points=points) for s in chart.series)
    return Plot("", chart.categories, series)


def _by_segment(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    return Plot("", chart.categories, tuple(replace(_colored(s, brand), xs=()) for s in chart.series))


def _stripes(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    """Pieces too narrow for a label have none; the table beside the chart keeps their figures."""
    plot = _by_segment(chart, segments, brand)
    narrow = (frozenset(at for at, v in enumerate(s.values) if v is None or v < _NARROW) for s in plot.series)
    return replace(plot, series=tuple(replace(s, silent=n) for s, n in zip(plot.series, narrow, strict=True)))


def _scatter(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    return Plot("", (), tuple(_colored(s, brand) for s in chart.series))


def _pairs(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    """The first series in grey, the last in the segments' colours."""
    points = {at: brand.paint(int(number)).fill for at, number in enumerate(chart.groups) if number}
    last = len(chart.series) - 1
    series = tuple(
        PlotSeries(s.name, s.values, points=points) if at == last else PlotSeries(s.name, s.values, color=ALL)
        for at, s in enumerate(chart.series)
    )
    return Plot("", chart.categories, series)


def _strip(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    points = {at: brand.paint(s.segment).fill for at, s in enumerate(chart.series) if s.segment}
    values = tuple(s.values[0] if s.values else None for s in chart.series)
    series = PlotSeries(chart.subtitle or chart.title, values, points=points)
    return Plot("", tuple(s.name for s in chart.series), (series,))


def _diverging(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    first = chart.series[0]
    own = brand.paint(first.segment or 1).fill
    points = {}
    for at, value in enumerate(first.values):
        if value is not None:
            points[at] = NEAR if abs(value) < _NEAR_EDGE else own if value > 0 else BELOW
    return Plot("", chart.categories, (PlotSeries(first.name, first.values, color=own, points=points),))


def _line(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    """The line, the threshold, and the chosen point as a series of its own: LibreOffice loses painted points."""
    first = chart.series[0]
    chosen = chart.categories.index(chart.highlight) if chart.highlight in chart.categories else None
    series = [PlotSeries(first.name, first.values, silent=frozenset(() if chosen is None else (chosen,)))]
    point = tuple(value if at == chosen else None for at, value in enumerate(first.values))
    series.append(PlotSeries(chart.highlight or " ", point, color=brand.accent))
    if chart.notes:
        threshold, label = chart.notes[0], chart.notes[1] if len(chart.notes) > 1 else ""
        series.append(PlotSeries(label, (float(threshold),) * len(chart.categories)))
    return Plot("", chart.categories, tuple(series))


def _band(chart: Chart, segments: tuple[int, ...], brand: Brand) -> Plot:
    """Two stacked areas, the lower one unpainted, and the line over them."""
    own, low, high = chart.series[:3]
    height = tuple(
        None if top is None or bottom is None else top - bottom
        for bottom, top in zip(low.values, high.values, strict=True)
    )
    band = (PlotSeries(low.name, low.values), PlotSeries("data without structure", height))
    return Plot("", chart.categories, (*band, PlotSeries(own.name, own.values, color=brand.accent)))


def _colored(series: Series, brand: Brand) -> PlotSeries:
    paint = brand.paint(series.segment) if series.segment else None
    return PlotSeries(series.name, series.values, series.xs, paint.fill if paint else ALL, paint.on if paint else None)


_MAKERS: Mapping[str, Callable[[Chart, tuple[int, ...], Brand], Plot]] = {
    "bars": _bars,
    "stripes": _stripes,
    "multiples": _by_segment,
    "scatter": _scatter,
    "pairs": _pairs,
    "strip": _strip,
    "diverging": _diverging,
    "line": _line,
    "band": _band,
    "histogram": _by_segment,
}
