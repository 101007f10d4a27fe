"""Pictures and charts of a sheet: moved with their rows, repeated with them, charts bound to the report's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

from segreport.domain import Chart
from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.render.brand import Brand
from segreport.render.fill import clean_text, has_tokens, lone_expression
from segreport.render.workbook.chartdata import ChartData
from segreport.render.workbook.charts import CHART, a, bind_chart, c
from segreport.render.workbook.heights import RowHeights
from segreport.render.workbook.language import Language
from segreport.render.workbook.loops import Instance
from segreport.render.workbook.moves import Move
from segreport.render.workbook.package import REL, Element, Package
from segreport.render.workbook.plots import Plot, PlotSeries, make_plot
from segreport.render.workbook.rows import Filled

SHEET_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_ONLY_IF = re.compile(r"\s*\{%-?\s*if\s+(.+?)\s*-?%\}(.*)\{%-?\s*endif\s*-?%\}\s*", re.DOTALL)
_PRIVATE = ("chart", "chartUserShapes", "chartStyle", "chartColorStyle", "chartEx", "diagramData")


@dataclass(frozen=True)
class Drawer:
    """Fills the drawings of all sheets; the figures of their charts go to one data sheet."""

    package: Package
    language: Language
    brand: Brand
    formats: Formats
    segments: tuple[int, ...]
    data: ChartData

    def fill(self, part: str, filled: Filled, move: Move) -> None:
        """Move, repeat and bind everything in a drawing that belongs to one sheet alone."""
        root = self.package.read(part)
        anchors = [child for child in root if child.tag in (x("twoCellAnchor"), x("oneCellAnchor"))]
        if not anchors:
            return
        root = self.package.edit(part)
        heights = RowHeights.read(self.package.read(filled.part))
        number = max([0, *(int(e.get("id", "0")) for e in root.iter(x("cNvPr")))])
        for anchor in anchors:
            template = deepcopy(anchor)
            place = root.index(anchor)
            root.remove(anchor)
            for turn, instance in enumerate(_instances(template, filled)):
                own = deepcopy(template)
                if turn:
                    number = _renumber(own, number)
                if self._fill_anchor(part, own, filled, instance, move, is_copy=turn > 0):
                    _move_anchor(own, filled, instance, heights)
                    root.insert(place, own)
                    place += 1
        self._forget_unused(part, root)

    def _forget_unused(self, part: str, root: Element) -> None:
        """Drop the pointers of shapes that have disappeared; what nothing points to is not written."""
        used = {value for element in root.iter() for value in element.attrib.values()}
        for relation in self.package.relations(part):
            if relation.id not in used:
                self.package.unrelate(part, relation.id)

    def _fill_anchor(
        self, part: str, anchor: Element, filled: Filled, instance: Instance, move: Move, *, is_copy: bool
    ) -> bool:
        """Bind the charts of an anchor; false where the shape disappears."""
        for properties in anchor.iter(x("cNvPr")):
            if not self._name_shape(properties, filled, instance):
                return False
        for frame in anchor.iter(x("graphicFrame")):
            chart = self._chart_of(part, frame, is_copy=is_copy)
            if chart is not None and not self._bind(chart, frame, filled, instance, move):
                return False
        return True

    def _name_shape(self, properties: Element, filled: Filled, instance: Instance) -> bool:
        """Fill the tokens in a shape's alternative text and look whether its name lets it stay."""
        place = f"{self.package.name}, sheet '{filled.plan.name}', shape '{properties.get('name')}'"
        for attribute in ("descr", "title"):
            text = properties.get(attribute, "")
            if has_tokens(text):
                properties.set(attribute, self.language.text(text, instance.names, place))
        only = _ONLY_IF.fullmatch(properties.get("name", ""))
        if only:
            properties.set("name", only.group(2))
            return self.language.holds(only.group(1), instance.names, place)
        return True

    def _chart_of(self, part: str, frame: Element, *, is_copy: bool) -> str | None:
        """The chart part of a frame; a copy of its own where the frame is a copy."""
        reference = next(frame.iter(f"{{{CHART}}}chart"), None)
        if reference is None:
            return None
        id = reference.get(f"{{{REL}}}id", "")
        target = next((r.target for r in self.package.relations(part) if r.id == id), None)
        if target is None or not is_copy:
            return target
        copied = copy_deep(self.package, target)
        reference.set(f"{{{REL}}}id", self.package.relate(part, "chart", copied))
        return copied

    def _bind(self, part: str, frame: Element, filled: Filled, instance: Instance, move: Move) -> bool:
        properties = next(frame.iter(x("cNvPr")))
        place = f"{self.package.name}, sheet '{filled.plan.name}', chart '{properties.get('name')}'"
        expression = chart_expression(properties, self.package.read(part))
        if expression is None:
            self._move_references(part, move, instance)
            return True
        chart = self.language.value(expression, instance.names, place)
        if chart is None:
            return False
        if not isinstance(chart, Chart):
            raise TemplateError(
                f"{place}: {expression} is not a chart", "name one of the charts in templates/README.md"
            )
        plot = _clean(make_plot(chart, self.segments, self.brand, place))
        code = self.formats.excel(chart.unit, _decimals(chart))
        title = plot.title or chart.name
        bind_chart(self.package.edit(part), plot, self.data.add(title, plot, code), code)
        properties.set("name", chart.name)
        properties.set("descr", clean_text(chart.alt))
        return True

    def _move_references(self, part: str, move: Move, instance: Instance) -> None:
        """A chart of the user's own keeps its figures; its references follow their rows."""
        for element in self.package.read(part).iter(c("f")):
            text = element.text or ""
            moved = move(text, instance.path)
            if moved != text:
                self.package.edit(part)
                element.text = moved


def x(name: str) -> str:
    """The qualified name of a sheet drawing's element."""
    return f"{{{SHEET_DRAWING}}}{name}"


def chart_expression(properties: Element, space: Element) -> str | None:
    """The expression in a chart's shape name, alternative text or title, if one of them holds one alone."""
    title = space.find(f"{c('chart')}/{c('title')}")
    words = "".join(t.text or "" for t in title.iter(a("t"))) if title is not None else ""
    only = _ONLY_IF.fullmatch(properties.get("name", ""))
    name = only.group(2) if only else properties.get("name", "")
    for text in (name, properties.get("title", ""), properties.get("descr", ""), words):
        expression = lone_expression(text)
        if expression is not None:
            return expression
    return None


def copy_deep(package: Package, part: str) -> str:
    """A copy of a part and of everything that belongs to it alone; pictures are shared."""
    new = package.copy(part)
    for relation in package.relations(new):
        if not relation.external and relation.kind in _PRIVATE and package.has(relation.target):
            package.retarget(new, relation.id, copy_deep(package, relation.target))
    return new


def _instances(anchor: Element, filled: Filled) -> Iterator[Instance]:
    """The rows that an anchor's first row became; rows beyond the content only move."""
    row = int(anchor.findtext(f"{x('from')}/{x('row')}") or "0") + 1
    if row > filled.map.last:
        yield Instance(row + filled.map.shift, row, (), filled.names)
    else:
        yield from filled.map.instances.get(row, ())


def _move_anchor(anchor: Element, filled: Filled, instance: Instance, now: RowHeights) -> None:
    """Move an anchor to its row; it keeps its height unless it is meant to grow with the cells behind it."""
    first, last = anchor.find(x("from")), anchor.find(x("to"))
    if first is None:
        return
    old, offset = _corner(first)
    _set_corner(first, instance.row - 1, offset)
    if last is None:
        return
    end, end_offset = _corner(last)
    areas = filled.map.areas(old + 1, end + 1, instance.path)
    own = [area for area in areas if area[0] <= instance.row <= area[1]]
    if anchor.get("editAs", "twoCell") == "twoCell" and own:
        _set_corner(last, own[0][1] - 1, end_offset)
    else:
        before = RowHeights.read(filled.plan.root)
        points = before.between(old + 1, offset, end + 1, end_offset)
        row, rest = now.reach(instance.row, offset, points)
        _set_corner(last, row - 1, rest)


def _corner(marker: Element) -> tuple[int, int]:
    return int(marker.findtext(x("row")) or "0"), int(marker.findtext(x("rowOff")) or "0")


def _set_corner(marker: Element, row: int, offset: int) -> None:
    for name, value in (("row", row), ("rowOff", offset)):
        element = marker.find(x(name))
        if element is not None:
            element.text = str(value)


def _renumber(anchor: Element, number: int) -> int:
    for properties in anchor.iter(x("cNvPr")):
        number += 1
        properties.set("id", str(number))
    return number


def _decimals(chart: Chart) -> int:
    """The decimals of the chart's printed labels; two for a cloud of points, which prints none."""
    if chart.kind == "scatter":
        return 2
    for series in chart.series:
        for label in series.labels:
            found = re.search(r"[0-9][.,]([0-9]{1,2})(?![0-9])", label)
            if found:
                return len(found.group(1))
    return {"score": 2, "z": 1}.get(chart.unit, 0)


def _clean(plot: Plot) -> Plot:
    """The plot with words that a document can hold."""
    series: tuple[PlotSeries, ...] = tuple(replace(s, name=clean_text(s.name)) for s in plot.series)
    return replace(
        plot,
        title=clean_text(plot.title),
        categories=tuple(clean_text(word) for word in plot.categories),
        series=series,
    )
