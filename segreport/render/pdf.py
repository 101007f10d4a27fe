"""Report -> brief.pdf: the HTML template filled, laid out on pages and written as tagged PDF."""

from __future__ import annotations

import base64
import gc
import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jinja2 import BaseLoader, TemplateNotFound, meta, nodes
from jinja2 import Environment as JinjaEnvironment
from markupsafe import Markup
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from segreport.domain import Chart, Fact, Report, Table
from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.paths import templates_folder
from segreport.render.brand import Brand
from segreport.render.context import build_context
from segreport.render.figures import draw, first_panels, strongest
from segreport.render.figures.canvas import Words
from segreport.render.fill import Environment, check_names, has_tokens, make_environment, printable, render_text
from segreport.render.job import Job
from segreport.render.page_fit import expect_tightness, tighten
from segreport.render.text_width import balanced_width

ENTRY = "brief.html"
MEASURE = 493.2
SMALLEST_HEADLINE = 0.6
SPACES = {"\N{NO-BREAK SPACE}%": "\N{NARROW NO-BREAK SPACE}%", "\N{NO-BREAK SPACE}· ": "\N{EN SPACE}·\N{EN SPACE}"}
PAIR_ROOM = 55.0


def render(job: Job) -> None:
    """Write job.out; raises TemplateError where the template is wrong or asks for what lies outside its folder."""
    folder, entry = _locate(job.template)
    source = _read(folder / entry)
    names = build_context(job.report, job.brand)
    fetcher = _FolderFetcher(folder)
    tightness: dict[str, int] | None = expect_tightness(job.report)
    with _frozen_garbage():
        while tightness is not None:
            environment = _make_environment(folder, job.report, job.brand, tightness)
            document = _lay_out(render_text(environment, source, names, entry), fetcher)
            tightness = tighten(document, tightness)
        finished = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    if fetcher.refused:
        what = ", ".join(dict.fromkeys(fetcher.refused))
        raise TemplateError(
            f"{entry}: asks for {what}", "a template may use files of its own folder and data: URIs only"
        )
    job.out.write_bytes(finished)


def check(template: Path, names: Mapping[str, Iterable[str] | None]) -> list[str]:
    """Refuse a template, or anything that it includes, that names what does not exist; gives what to be warned of."""
    folder, entry = _locate(template)
    environment = _checking_environment(folder)
    _check_file(environment, folder, entry, names, ())
    plain = not has_tokens(_read(folder / entry))
    return [f"{entry} holds no tokens: it is delivered as it is"] if plain else []


# ---------------------------------------------------------------- the template


def _locate(template: Path) -> tuple[Path, str]:
    path = template.resolve()
    folder, entry = (path, ENTRY) if path.is_dir() else (path.parent, path.name)
    if not (folder / entry).is_file():
        raise TemplateError(f"{template.name}: no {entry} there", "name a folder with a brief.html, or an HTML file")
    return folder, entry


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path.name}: cannot be read: {error}", "save the template as UTF-8") from error


class _FolderLoader(BaseLoader):
    """Finds partials in the template's own folder and nowhere else, links included."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_source(self, environment: JinjaEnvironment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = (self.folder / template).resolve()
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise TemplateNotFound(template)
        return _read(path), str(path), lambda: True


def _make_environment(folder: Path, report: Report, brand: Brand, tightness: Mapping[str, int]) -> Environment:
    environment = make_environment(
        Formats(report.report.locale, report.report.currency), loader=_FolderLoader(folder), html=True
    )
    environment.finalize = _print
    largest = max([s.share for s in report.segments] + [s.value_share or 0 for s in report.segments], default=1) or 1
    environment.globals |= {
        "figure": lambda chart, width=MEASURE, rows=None: _figure(chart, brand, width, rows),
        "fit": _fit,
        "bar": lambda fact: f"{PAIR_ROOM * _value(fact) / largest:.2f}pt",
        "parts": _parts,
        "logo": _logo(brand),
        "tightness": lambda section: tightness.get(section, 0),
    }
    return environment


def _checking_environment(folder: Path) -> Environment:
    environment = make_environment(Formats("en", "USD"), loader=_FolderLoader(folder), html=True)
    environment.globals |= dict.fromkeys(("figure", "fit", "bar", "parts", "logo", "tightness"))
    return environment


def _check_file(
    environment: Environment, folder: Path, name: str, names: Mapping[str, Iterable[str] | None], above: tuple[str, ...]
) -> None:
    if name in above:
        raise TemplateError(f"{above[-1]}: includes {name} in a circle", "take one of the includes out")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise TemplateError(
            f"{above[-1]}: there is no {name!r} beside it", "partials come from the template's own folder"
        )
    source = _read(path)
    check_names(environment, source, names, name)
    tree = environment.parse(source)
    names = dict.fromkeys(node.name for node in tree.find_all(nodes.Name) if node.ctx == "store") | dict(names)
    for partial in meta.find_referenced_templates(tree):
        if partial is None:
            raise TemplateError(f"{name}: includes a file by a computed name", "write the file's name in quotes")
        _check_file(environment, folder, partial, names, (*above, name))


# ---------------------------------------------------------------- what templates may call


def _print(value: object) -> object:
    """Text as a document can hold it; the space before a per cent sign narrow, those around a middle dot wide."""
    if isinstance(value, Markup):
        return value
    text = str(printable(value))
    for found, better in SPACES.items():
        text = text.replace(found, better)
    return text


def _figure(chart: Chart, brand: Brand, width: float, rows: int | None) -> Markup:
    """The chart as a picture with its alt text; labels in joined scripts are laid over it by the page."""
    drawing = draw(_fewer(chart, rows), brand, width)
    data = base64.b64encode(drawing.svg).decode("ascii")
    image = Markup('<img class="chart" alt="{}" src="data:image/svg+xml;base64,{}">').format(_print(chart.alt), data)
    if not drawing.words:
        return image
    labels = Markup("").join(_lay_label(words) for words in drawing.words)
    return Markup('<span class="chart shaped">{}{}</span>').format(image, labels)


def _fewer(chart: Chart, rows: int | None) -> Chart:
    if rows is None:
        return chart
    return first_panels(chart, rows) if chart.kind in ("histograms", "spreads") else strongest(chart, rows)


def _lay_label(words: Words) -> Markup:
    room = 400.0
    left = {"start": words.x, "middle": words.x - room / 2, "end": words.x - room}[words.anchor]
    align = {"start": "left", "middle": "center", "end": "right"}[words.anchor]
    size, weight, color = words.font
    style = (
        f"left:{left:.2f}pt;top:{words.y - size:.2f}pt;width:{room}pt;text-align:{align};"
        f"font:{weight} {size}pt/1.25 var(--sans);color:{color}"
    )
    return Markup('<span style="{}">{}</span>').format(style, words.text)


def _fit(text: object, size: float, room: float = MEASURE) -> Markup:
    """The style of a headline that fills two lines of ``room`` points evenly; smaller only where it must be."""
    words = str(text)
    for step in range(40):
        tried = size - step * 0.5
        width = balanced_width(words, room, tried)
        if width is not None or tried < size * SMALLEST_HEADLINE:
            return Markup('style="font-size:{}pt;max-width:{}pt"').format(f"{tried:g}", f"{width or room:.1f}")
    return Markup("")


def _parts(table: Table) -> list[Table]:
    """One table for every head that spans columns, each with the first column: for tables too wide for the page."""
    tables, start = [], 0
    for title, columns in table.spanners:
        if start:
            tables.append(_take_columns(table, f"{table.title}: {title}", (0, *range(start, start + columns))))
        start += columns
    return [replace(part, notes=()) for part in tables[:-1]] + tables[-1:]


def _take_columns(table: Table, title: str, chosen: tuple[int, ...]) -> Table:
    """The table with the chosen columns; rows that have nothing in them but a label are left out."""
    rows = [tuple(row[c] for c in chosen) for row in table.rows]
    filled = [any(cell is not None for cell in row[1:]) for row in rows]
    totals = sum(filled[len(rows) - table.total_rows :])
    return replace(
        table,
        title=title,
        columns=tuple(table.columns[c] for c in chosen),
        rows=tuple(row for row, is_filled in zip(rows, filled, strict=True) if is_filled),
        spanners=(),
        decimals=tuple(table.decimals[c] for c in chosen),
        total_rows=totals,
    )


def _value(fact: Fact | None) -> float:
    return float(fact.value) if fact is not None else 0.0


def _logo(brand: Brand) -> str:
    """The brand's logo as a data URI, or nothing."""
    if not brand.logo:
        return ""
    path = Path(brand.logo)
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("image/"):
        raise TemplateError(f"{path.name}: is not a picture", "name a PNG or SVG as logo in brand.toml")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"{path.name}: {error.strerror}", "name a PNG or SVG beside brand.toml") from error
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


# ---------------------------------------------------------------- the pages


def _lay_out(html: str, fetcher: _FolderFetcher) -> Document:
    fonts = FontConfiguration()
    faces = CSS(filename=fetcher.fonts / "fonts.css", font_config=fonts, url_fetcher=fetcher)
    page = HTML(string=html, base_url=f"{fetcher.folder.as_uri()}/", url_fetcher=fetcher)
    return page.render(font_config=fonts, stylesheets=[faces])


class _FolderFetcher(URLFetcher):  # type: ignore[misc]
    """Reads data: URIs, files of the template's folder and our fonts, links resolved; the rest is refused and kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.folder = folder
        self.fonts = (templates_folder() / "fonts").resolve()
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The resource behind the URL; raises ValueError for one that is refused."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = Path(unquote(urlsplit(url).path)).resolve()
        if (
            url.startswith("file:")
            and path.is_file()
            and any(path.is_relative_to(folder) for folder in (self.folder, self.fonts))
        ):
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        self.refused.append(path.name if url.startswith("file:") else url[:80])
        raise ValueError(f"refused: {url[:80]}")


@contextmanager
def _frozen_garbage() -> Iterator[None]:
    """Keep the collector from walking everything that was imported, again and again, while boxes are made."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
