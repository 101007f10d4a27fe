"""What is printed: facts, sentences, charts, tables, and the report that holds them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segreport.domain.data import CleaningStep, Finding, Role, Segmentation, Source
from segreport.domain.exploration import Exploration
from segreport.domain.profile import Profile, Segment
from segreport.domain.terms import Unit

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True)
class Fact:
    """A number that may be printed: its id, its value, its unit, and the text it prints as everywhere."""

    id: str
    value: float | int | str
    unit: Unit
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Sentence:
    """A sentence of the story with the ids of the facts it states; ``lead`` is its opening, set in bold."""

    section: str
    text: str
    facts: tuple[str, ...] = ()
    lead: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def rest(self) -> str:
        """The text after the lead."""
        return self.text[len(self.lead) :].strip() if self.lead else self.text


@dataclass(frozen=True)
class Series:
    """Named values of a chart; ``xs`` only where the chart has a horizontal scale of its own."""

    name: str
    values: tuple[float | None, ...]
    xs: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    segment: int | None = None


@dataclass(frozen=True)
class Chart:
    """A chart as data: what it shows, its message and unit, and what it says to those who cannot see it."""

    name: str
    kind: str
    title: str
    subtitle: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    unit: Unit = "number"
    highlight: str = ""
    groups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table as data: heads, rows of numbers and text, and the note printed beneath."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    notes: tuple[str, ...] = ()
    spanners: tuple[tuple[str, int], ...] = ()
    decimals: tuple[int | None, ...] = ()
    total_rows: int = 0


@dataclass(frozen=True)
class Note:
    """A warning with a code that does not change."""

    code: str
    text: str


@dataclass(frozen=True)
class ReportInfo:
    """What the report is called and how its figures are written; ``currency_named``: the user or the data said it."""

    name: str
    title: str
    period: str
    as_of: str | None
    currency: str
    locale: str
    engine: str
    currency_named: bool = False


@dataclass(frozen=True)
class Story:
    """The words: named segments, sentences, the facts they state, and warnings."""

    segments: tuple[Segment, ...]
    facts: Mapping[str, Fact]
    sentences: tuple[Sentence, ...]
    warnings: tuple[Note, ...]


@dataclass(frozen=True)
class Report:
    """Everything the renderers need; results.json is this, key for key."""

    schema_version: str
    report: ReportInfo
    source: Source
    cleaning: tuple[CleaningStep, ...]
    findings: tuple[Finding, ...]
    roles: Mapping[str, Role]
    segmentation: Segmentation
    segments: tuple[Segment, ...]
    rfm: None
    facts: Mapping[str, Fact]
    story: tuple[Sentence, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    comparison: None
    warnings: tuple[Note, ...]
    profile: Profile
    exploration: Exploration | None = None


@dataclass(frozen=True)
class Customers:
    """Row-level data for the workbook and SPSS: the columns as read, and segment, name, distance."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]


@dataclass(frozen=True)
class Delivery:
    """What a run wrote and where, and the report it wrote from."""

    folder: str
    files: tuple[str, ...]
    report: Report
