"""Draws a Chart as SVG at its final size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from segreport.domain import Chart
from segreport.errors import TemplateError
from segreport.render.brand import Brand
from segreport.render.figures.canvas import Drawing
from segreport.render.figures.diverging import draw_diverging
from segreport.render.figures.lines import draw_band, draw_line
from segreport.render.figures.matrix import draw_matrix
from segreport.render.figures.panels import draw_bars, draw_histograms, draw_multiples
from segreport.render.figures.scatter import draw_scatter
from segreport.render.figures.spreads import draw_spreads
from segreport.render.figures.strip import draw_strip
from segreport.render.figures.stripes import draw_stripes

KINDS: Mapping[str, Callable[[Chart, Brand, float], Drawing]] = {
    "stripes": draw_stripes,
    "bars": draw_bars,
    "line": draw_line,
    "band": draw_band,
    "scatter": draw_scatter,
    "strip": draw_strip,
    "multiples": draw_multiples,
    "diverging": draw_diverging,
    "histograms": draw_histograms,
    "spreads": draw_spreads,
    "matrix": draw_matrix,
}


def draw(chart: Chart, brand: Brand, width: float) -> Drawing:
    """The chart as SVG, ``width`` points wide; raises TemplateError for a chart that is set as a table instead."""
    try:
        painter = KINDS[chart.kind]
    except KeyError:
        hint = f"set it as a table of measures; drawn are the kinds {', '.join(KINDS)}"
        raise TemplateError(f"the chart {chart.name!r} ({chart.kind}) is not drawn", hint) from None
    return painter(chart, brand, width)


def first_panels(chart: Chart, panels: int) -> Chart:
    """The histograms or spreads with their first panels only."""
    return replace(chart, categories=chart.categories[:panels], series=chart.series[: 2 * panels])


def strongest(chart: Chart, rows: int) -> Chart:
    """The chart with the ``rows`` categories whose first series lies farthest from zero, in their order."""
    values = chart.series[0].values
    ranked = sorted(range(len(values)), key=lambda place: (-abs(values[place] or 0), place))
    kept = sorted(ranked[:rows])

    def pick(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(items[place] for place in kept) if len(items) == len(values) else items

    series = tuple(replace(s, values=pick(s.values), labels=pick(s.labels)) for s in chart.series)
    return replace(chart, categories=pick(chart.categories), groups=pick(chart.groups), series=series)
