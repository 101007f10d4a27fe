"""Fill the shapes of a slide: their names, their text, their tables, and the charts that take their places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pptx.chart.chart import Chart as NativeChart
from pptx.slide import Slide

from segreport.domain import Chart
from segreport.errors import TemplateError
from segreport.render.deck.branding import LOGO, place_logo
from segreport.render.deck.chart_data import Drawing
from segreport.render.deck.charts import Frame, kind_of, native_data
from segreport.render.deck.dress import clear_background
from segreport.render.deck.filling import Filling
from segreport.render.deck.fit import shrink_to_fit
from segreport.render.deck.fit_table import shrink_table
from segreport.render.deck.stripes import Box, draw_names, draw_stripes
from segreport.render.deck.tables import fill_table, size_of, table_has_tokens
from segreport.render.deck.text import Paint, body_has_tokens, body_text
from segreport.render.deck.workbook import PlainXyData
from segreport.render.deck.xml import EMU, A, C, Element, P, R, elements, remove, set_fill, set_outline
from segreport.render.fill import clean_text, has_tokens, lone_expression

_SHAPES = frozenset(f"{P}{tag}" for tag in ("sp", "pic", "graphicFrame", "cxnSp", "grpSp"))
_LABELS = ("name", "title", "descr")
_TABLE = f"{A}graphic/{A}graphicData/{A}tbl"
_CHART = f"{A}graphic/{A}graphicData/{C}chart"
_CHART_POINTS = 14.0


def fill_slide(slide: Slide, filling: Filling) -> None:
    """Fill every shape of the slide, those in groups too."""
    _fill_all(slide, slide.shapes._spTree, filling)


def fill_master(shapes: Any, filling: Filling) -> None:
    """Fill the text of a layout's or master's shapes, and the box of the logo; segments and charts belong on slides."""
    for shape in list(shapes._spTree.iter(*_SHAPES)):
        if lone_expression(shape_name(shape)) == LOGO:
            place_logo(shapes.part, shape, filling.brand)
            continue
        body = shape.find(f"{P}txBody")
        if body is not None:
            _fill_text(shape, body, filling.at(f"shape {shape_name(shape)!r}"))


def shape_name(shape: Element) -> str:
    """What PowerPoint's selection pane calls the shape."""
    return _about(shape).get("name") or ""


def shape_labels(shape: Element) -> Iterable[tuple[str, str]]:
    """The attributes of the shape that hold template language: name, title, description."""
    about = _about(shape)
    return [(key, about.get(key) or "") for key in _LABELS if has_tokens(about.get(key) or "")]


def is_shape(item: Element) -> bool:
    """Whether the element of a shape tree is a shape that can be filled."""
    return item.tag in _SHAPES


def _about(shape: Element) -> Element:
    found = shape.find(f"./*/{P}cNvPr")
    if found is None:
        raise KeyError("cNvPr")
    return found


def _fill_all(slide: Slide, tree: Element, filling: Filling) -> None:
    for shape in list(elements(tree)):
        if is_shape(shape):
            _fill_shape(slide, shape, filling.at(f"shape {shape_name(shape)!r}"))


def _fill_shape(slide: Slide, shape: Element, filling: Filling) -> None:
    inner = {key: filling.unwrap(text) for key, text in shape_labels(shape)}
    if any(text is None for text in inner.values()):
        remove(shape)
        return
    for key, text in inner.items():
        if _fill_label(slide, shape, key, text or "", filling):
            return
    _fill_content(slide, shape, filling)


def _fill_label(slide: Slide, shape: Element, key: str, text: str, filling: Filling) -> bool:
    """Fill one attribute; True where it named a chart, which now stands in the shape's place."""
    expression = lone_expression(text)
    if expression == LOGO:
        place_logo(slide.part, shape, filling.brand)
        return True
    if expression:
        value = filling.value(expression)
        if isinstance(value, (Chart, Drawing)):
            _place_chart(slide, shape, value, filling)
            return True
    words, paint = filling.label(text)
    _about(shape).set(key, words or "Shape")
    _paint_shape(shape, paint)
    return False


def _fill_content(slide: Slide, shape: Element, filling: Filling) -> None:
    if shape.tag == f"{P}grpSp":
        _fill_all(slide, shape, filling)
        if not any(is_shape(item) for item in elements(shape)):
            remove(shape)
        return
    body, table, chart = shape.find(f"{P}txBody"), shape.find(_TABLE), shape.find(_CHART)
    if body is not None:
        _fill_text_or_chart(slide, shape, body, filling)
    elif table is not None and table_has_tokens(table):
        _fill_table(slide, shape, table, filling)
    elif chart is not None:
        _fill_chart_text(_chart_of(slide, chart), filling)


def _fill_text_or_chart(slide: Slide, shape: Element, body: Element, filling: Filling) -> None:
    """A box that holds nothing but a chart's name becomes the chart, any other text is filled."""
    expression = lone_expression(body_text(body)) if body_has_tokens(body) else None
    value = filling.value(expression) if expression and "chart" in expression else None
    if isinstance(value, (Chart, Drawing)):
        _place_chart(slide, shape, value, filling)
    elif _fill_text(shape, body, filling):
        shrink_to_fit(_proxy(slide, shape))


def _fill_text(shape: Element, body: Element, filling: Filling) -> bool:
    """Fill the text; False where the whole of it is an ``if`` that fails, and the shape is gone."""
    paint = filling.body(body)
    if paint is None:
        remove(shape)
        return False
    _paint_shape(shape, paint)
    return True


def _paint_shape(shape: Element, paint: Paint) -> None:
    properties = shape.find(f"{P}spPr")
    if properties is None:
        return
    if paint.fill is not None:
        set_fill(properties, paint.fill)
    if paint.line is not None:
        set_outline(properties, paint.line)
    for style in shape.iter(f"{A}rPr") if paint.ink else ():
        set_fill(style, paint.ink or "")


def _fill_table(slide: Slide, shape: Element, table: Element, filling: Filling) -> None:
    if not fill_table(table, filling):
        remove(shape)
        return
    extent = shape.find(f"{P}xfrm/{A}ext")
    if extent is not None:
        width, height = size_of(table)
        extent.set("cx", str(width))
        extent.set("cy", str(height))
        shrink_table(_proxy(slide, shape), slide)


def _fill_chart_text(native: NativeChart, filling: Filling) -> None:
    """Titles inside a chart that the template brings along."""
    for rich in native._chartSpace.iter(f"{C}rich"):
        filling.at("title").body(rich)


# ---------------------------------------------------------------- charts


def _place_chart(slide: Slide, shape: Element, value: Chart | Drawing, filling: Filling) -> None:
    """Put the chart where the shape is: its data into a native chart, or a new one of the shape's size."""
    drawing = value if isinstance(value, Drawing) else Drawing(value)
    held = shape.find(_CHART)
    if held is not None:
        _replace_data(_chart_of(slide, held), drawing.chart, filling)
        _describe(shape, drawing.chart)
        return
    box = _box(slide, shape)
    number = max((int(n) for n in slide._element.xpath("//p:cNvPr/@id")), default=1) + 1
    if drawing.form in ("stripes", "names"):
        draw = draw_stripes if drawing.form == "stripes" else draw_names
        new = draw(drawing.chart, box, filling.brand, number)
    else:
        new = _new_chart(slide, shape, drawing, box, filling)
    parent = shape.getparent()
    if parent is not None:
        parent.replace(shape, new)


def _replace_data(native: NativeChart, chart: Chart, filling: Filling) -> None:
    """New data for the template's own chart, which keeps its type and style."""
    data = native_data(chart, filling.formats)
    holds_points = native._chartSpace.find(f".//{C}scatterChart") is not None
    if holds_points != isinstance(data, PlainXyData):
        kind = "a scatter chart" if holds_points else "no scatter chart"
        raise TemplateError(f"{filling.place}: the slide holds {kind}", f"{chart.name} needs another type of chart")
    native.replace_data(data)  # type: ignore[no-untyped-call]


def _new_chart(slide: Slide, shape: Element, drawing: Drawing, box: Box, filling: Filling) -> Element:
    height = box.height
    if drawing.room:
        height *= min(1.0, len(drawing.chart.categories) / drawing.room)
    kind = kind_of(drawing.chart)
    place = [round(value * EMU) for value in (box.x, box.y, box.width, height)]
    canvas: Any = slide.shapes
    made = canvas.add_chart(kind.type, *place, kind.data(drawing.chart, filling.formats))
    native = made.chart
    clear_background(native)
    native.font.size = round(_points_of(shape) * 12_700)
    frame = Frame(box.width * 72, height * 72, _points_of(shape), filling.brand, filling.formats)
    kind.dress(native, drawing.chart, frame)
    element: Element = made._element
    remove(element)
    _describe(element, drawing.chart)
    return element


def _describe(shape: Element, chart: Chart) -> None:
    """The chart's title in the selection pane, its message for those who cannot see it."""
    about = _about(shape)
    about.set("name", clean_text(chart.title) or chart.name)
    about.set("descr", clean_text(chart.alt))
    if "title" in about.attrib:
        del about.attrib["title"]


def _box(slide: Slide, shape: Element) -> Box:
    """Where the shape is; a placeholder may have its place from the layout."""
    proxy = _proxy(slide, shape)
    return Box(*(int(value or 0) / EMU for value in (proxy.left, proxy.top, proxy.width, proxy.height)))


def _proxy(slide: Slide, shape: Element) -> Any:
    return slide.shapes._shape_factory(shape)  # type: ignore[arg-type]


def _points_of(shape: Element) -> float:
    """The size of the shape's text, which is the size of the chart's."""
    for tag in (f"{A}rPr", f"{A}endParaRPr", f"{A}defRPr"):
        for style in shape.iter(tag):
            if style.get("sz"):
                return int(style.get("sz", "0")) / 100
    return _CHART_POINTS


def _chart_of(slide: Slide, reference: Element) -> NativeChart:
    return slide.part.related_part(reference.get(f"{R}id", "")).chart  # type: ignore[attr-defined, no-any-return]
