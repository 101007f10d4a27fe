"""The data of native charts: which categories and series a kind of chart has, and how its numbers are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from segreport.domain import Chart, Fact, Series, Unit
from segreport.formatting import NO_BREAK, Formats
from segreport.render.deck.workbook import PlainCategoryData, category_data
from segreport.render.views import View


@dataclass(frozen=True)
class Drawing:
    """A chart in another form than its own: ``stripes`` and ``names`` are shapes; the frame has ``room`` for rows."""

    chart: Chart
    form: str = ""
    room: int = 0


def as_pairs(chart: Chart, room: int = 0) -> Drawing:
    """Shares by segment instead of segments by share: one category a segment, for six segments and more.

    With ``room`` the frame is as high as so many segments, and ends earlier where there are fewer.
    """
    series = tuple(
        Series(
            name=category,
            values=tuple(s.values[place] for s in chart.series),
            labels=tuple(s.labels[place] for s in chart.series if s.labels),
        )
        for place, category in enumerate(chart.categories)
    )
    names = tuple(f"{s.segment}  {s.name}" for s in chart.series)
    owners = tuple(str(s.segment) for s in chart.series)
    return Drawing(replace(chart, kind="pairs", categories=names, series=series, groups=owners), room=room)


def strongest(value: Any, count: int) -> Any:
    """What differs most from the average, ``count`` of it: of a chart or a list of rows in order of z, of ``measures``
    or ``overview`` in their own order."""
    if isinstance(value, Chart):
        kept = _by_size([z or 0.0 for z in value.series[0].values], count)
        return Drawing(_pick(value, _by_value(kept, value.series[0].values)), room=count)
    items = list(value)
    if items and hasattr(items[0], "rows"):
        return _strongest_groups(items, count)
    kept = _by_size([_spread(row) for row in items], count)
    if items and not hasattr(items[0], "cells"):
        kept = _by_value(kept, [_z_of(row) for row in items])
    return [items[place] for place in kept]


def number_format(unit: Unit, formats: Formats) -> str:
    """The Excel format that prints a value as the report does; a tiny share is never printed as zero."""
    form = formats.excel(unit).replace("\\ ", "\\\xa0")
    if unit != "share":
        return form
    exact = form.replace("0", "0.0", 1)
    return f'[<0.0005]"{formats.share(0.0001)}";[<0.005]{exact};{form}'


def _strongest_groups(groups: list[Any], count: int) -> list[View]:
    """The strongest rows of the groups that differ most, two of a group at first, so that no group fills the slide."""
    ranked = [sorted(group.rows, key=_spread, reverse=True) for group in groups]
    shown = sorted(range(len(groups)), key=lambda place: -_spread(ranked[place][0]))[: -(-count // 2)]
    first = sorted((row for place in shown for row in ranked[place][:2]), key=_spread, reverse=True)
    more = sorted((row for place in shown for row in ranked[place][2:]), key=_spread, reverse=True)
    kept = {id(row) for row in [*first, *more][:count]}
    left = [View(title=group.title, rows=[row for row in group.rows if id(row) in kept]) for group in groups]
    return [group for group in left if group.rows]


def _by_size(values: list[float], count: int) -> list[int]:
    """The places of the ``count`` largest distances from zero, in order of place."""
    return sorted(sorted(range(len(values)), key=lambda place: (-abs(values[place]), place))[:count])


def _by_value(places: list[int], values: Sequence[float | None]) -> list[int]:
    return sorted(places, key=lambda place: (-(values[place] or 0.0), place))


def _spread(row: Any) -> float:
    """How far a row of ``measures`` goes from the average in any segment that is not tiny; else the row's own z."""
    if hasattr(row, "cells"):
        return max((abs(_z_of(cell)) for cell in row.cells if cell.step is not None), default=0.0)
    return _z_of(row)


def _z_of(row: Any) -> float:
    z = getattr(row, "z", None)
    value = z.value if isinstance(z, Fact) else z
    return float(value) if isinstance(value, (int, float)) else 0.0


def _pick(chart: Chart, kept: list[int]) -> Chart:
    """The rows at these places; what their group counts stands behind their name, as no group is shown."""

    def pick(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(items[place] for place in kept) if items else ()

    series = tuple(replace(s, values=pick(s.values), labels=pick(s.labels)) for s in chart.series)
    groups = pick(chart.groups)
    units = [group.partition(", ")[2] for group in groups] or [""] * len(kept)
    names = [f"{name}, {unit}" if unit else name for name, unit in zip(pick(chart.categories), units, strict=True)]
    return replace(chart, categories=tuple(names), groups=groups, series=series)


def plain_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    series = [(s.name, s.values) for s in chart.series]
    return category_data(chart.categories, series, formats.excel(chart.unit))


def share_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    return category_data(chart.categories, [(s.name, s.values) for s in chart.series], formats.excel("share"))


def diverging_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    first = chart.series[0]
    return category_data(chart.categories, [(first.name, first.values)], formats.excel("z"))


def strip_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    """One bar a segment, out of one series a segment."""
    values = [s.values[0] for s in chart.series]
    return category_data(strip_names(chart), [(chart.title, values)], formats.excel("score"))


def strip_names(chart: Chart) -> list[str]:
    """The name of every segment behind its number."""
    return [f"{s.segment}  {s.name}" if s.segment else s.name for s in chart.series]


def line_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    """The line, and the chosen point once more as a series of its own: its colour survives everywhere."""
    first = chart.series[0]
    chosen = [v if c == chart.highlight else None for c, v in zip(chart.categories, first.values, strict=True)]
    form = formats.excel(chart.unit)
    return category_data(chart.categories, [(first.name, first.values), (chart.highlight or " ", chosen)], form)


def band_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    """The band as its lower edge and its height, the line, and two points at its end that carry the names."""
    real, low, high = chart.series
    height = [b - a if a is not None and b is not None else None for a, b in zip(low.values, high.values, strict=True)]
    last = [None] * (len(chart.categories) - 1)
    named = [
        (f"{NO_BREAK}{real.name}", [*last, real.values[-1]]),
        (f"{NO_BREAK}{noise_name(chart)}", [*last, _far_end(real, low, high)]),
    ]
    series = [(low.name, low.values), (f"{low.name} to {high.name}", height), (real.name, real.values), *named]
    return category_data(chart.categories, series, formats.excel("score"))


def noise_name(chart: Chart) -> str:
    return chart.notes[0] if chart.notes else "without any structure"


def _far_end(real: Series, low: Series, high: Series) -> float | None:
    """The edge of the band that is farther from the line at its end."""
    mine, under, over = real.values[-1], low.values[-1], high.values[-1]
    if mine is None or under is None or over is None:
        return under
    return under if abs(mine - under) >= abs(mine - over) else over


def panel_data(chart: Chart, formats: Formats) -> PlainCategoryData:
    """The first panel of the histograms: bins by their lower edge, this segment and all customers."""
    mine, everyone = chart.series[:2]
    edges = [formats.number(edge) for edge in mine.xs[: len(mine.values)]]
    series = [(mine.name, mine.values), (everyone.name, everyone.values)]
    return category_data(edges, series, formats.excel("share"))
