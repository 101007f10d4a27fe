"""RunConfig: segreport.toml, environment and flags, merged, checked once, and frozen."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from segreport.errors import ConfigError
from segreport.formatting import currency_of, is_currency, parse_locale
from segreport.tomlfile import WrongValue, line_of, read_settings, refuse

FORMATS = ("pdf", "pptx", "xlsx")
CONFIG_NAME = "segreport.toml"
LONGEST_NAME = 40
_TEXTS, _SHEETS = (".csv", ".tsv", ".tab", ".txt", ".dat", ".psv"), (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ENDINGS = frozenset([*_TEXTS, *_SHEETS, ".parquet", ".sav", ".zsav", ".db", ".sqlite", ".sqlite3", ".duckdb"])
"""What a report's name leaves out of a file's."""
_K = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
_TURNS = re.compile("[\u0000-\u001f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that are not seen and change how a name is seen."""
_NAME = re.compile(r"[^/\\\0]+")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _locale(text: str) -> str:
    return str(parse_locale(text))


def _currency(code: str) -> str:
    if code and not is_currency(code.upper()):
        raise ValueError(f"unknown currency {code!r}; use a code such as EUR")
    return code.upper()


def _formats(value: object) -> object:
    names = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    for name in names if isinstance(names, (list, tuple)) else ():
        if name not in FORMATS:
            raise ValueError(f"unknown format {name!r}; formats are {', '.join(FORMATS)}")
    return tuple(name for name in FORMATS if name in names) if isinstance(names, (list, tuple)) else names


def _columns(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _mark(value: object) -> object:
    """A delimiter as it is typed on a command line: a mark, or its name."""
    named = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "blanks": " ", "space": " "}
    return named.get(value.lower(), value) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _name(text: str) -> str:
    text = _TURNS.sub("", text)
    if text and (not _NAME.fullmatch(text) or text in (".", "..")):
        raise ValueError(f"{text!r} cannot be the name of a folder")
    return text


def _moment(value: datetime | date | None) -> datetime | date | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise WrongValue(
            f"{value.isoformat()} has a time zone, and the dates of the data have none",
            f"write it without one, as {value.replace(tzinfo=None).isoformat()}",
        )
    return value


def _name_of(source: str) -> str:
    """What a report is called after its input: a file by its stem, a table of a database by its name."""
    if source == "-" or not source:
        return "input"
    bare, _, query = source.partition("://")[2].partition("?") if "://" in source else source.partition("?")
    table = dict(parse_qsl(query)).get("table", "").rpartition(".")[2]
    # of an address nothing but its path: user and password stand before it
    path = unquote(bare.partition("/")[2]) or "database" if "://" in source else bare if table else source
    stem = _TURNS.sub("", table or _stem(Path(path)))
    return re.sub(r"[/\\\0]", " ", stem).strip(". ") or "input"


def _stem(path: Path) -> str:
    """The name of a file without its endings: customers.csv.gz is customers."""
    inner = Path(path.stem) if path.suffix.lower() in (".gz", ".zip") else path
    return inner.stem if inner.suffix.lower() in _ENDINGS else inner.name


def _k_bounds(k: int | str) -> tuple[int, int] | None:
    """The smallest and largest number of segments that is meant; None for auto, or for what cannot be used."""
    match = _K.fullmatch(str(k).strip())
    low, high = (int(match.group(1)), int(match.group(2) or match.group(1))) if match else (0, 0)
    return (low, high) if 2 <= low <= high <= 50 else None


def _amount(k: int | str) -> int | str:
    if k != "auto" and _k_bounds(k) is None:
        raise WrongValue(
            f"{k!r} is not a number of segments", "use auto, a number from 2 to 50, or a range such as 3-6"
        )
    return k


def _segment_name(name: str) -> str:
    if not name.strip():
        raise WrongValue("a segment cannot have an empty name", "leave the line out to keep the name that it is given")
    if len(name) > LONGEST_NAME:
        raise WrongValue(
            f"a name has at most {LONGEST_NAME} characters, and this one has {len(name)}", f"shorten {name!r}"
        )
    return name


def _distinct(names: dict[int, str]) -> dict[int, str]:
    first: dict[str, int] = {}
    for number, name in names.items():
        other = first.setdefault(name.strip().casefold(), number)
        if other != number:
            raise WrongValue(
                f"segments {other} and {number} are both named {name.strip()!r}", "give each its own", str(number)
            )
    return names


class ReportSection(_Section):
    """[report]: what it is called and how figures are written."""

    name: Annotated[str, AfterValidator(_name)] = ""
    title: str = ""
    locale: Annotated[str, AfterValidator(_locale)] = "en_US"
    currency: Annotated[str, AfterValidator(_currency)] = ""


class InputSection(_Section):
    """[input]: how the table is read."""

    id: str | None = None
    as_of: Annotated[datetime | date | None, AfterValidator(_moment)] = None
    delimiter: Annotated[str, BeforeValidator(_mark), Field(min_length=1, max_length=1)] | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    date_order: Annotated[Literal["DMY", "MDY", "YMD"], BeforeValidator(_upper)] | None = None
    skip_rows: Annotated[int, Field(ge=0)] | None = None
    sheet: str | None = None
    query: str | None = None
    table: str | None = None
    timeout: Annotated[int, Field(ge=1, le=86_400)] = 300


class CleanSection(_Section):
    """[clean]: which rows are used, and what is done about cells that cannot be."""

    where: str | None = None
    missing_ids: Literal["drop", "keep"] = "drop"
    duplicates: Literal["drop", "keep"] = "drop"
    repeated_ids: Literal["first", "refuse"] = "first"
    cancellations: Literal["drop", "keep"] = "drop"
    nonpositive: Literal["drop", "keep"] = "drop"
    future: Literal["drop", "keep"] = "drop"
    ages: Literal["missing", "keep"] = "missing"
    missing: Literal["median", "drop"] = "median"
    outliers: Literal["winsorise", "keep"] = "winsorise"
    cap: dict[str, Annotated[float, Field(gt=0.5, lt=1)]] = {}


class SegmentSection(_Section):
    """[segment]: what the segments are made from, and how."""

    method: Literal["kmeans"] = "kmeans"
    k: Annotated[int | str, AfterValidator(_amount)] = "auto"
    features: Annotated[tuple[str, ...], BeforeValidator(_columns)] = ()
    transform: Literal["auto", "none"] = "auto"
    scale: Literal["zscore", "none"] = "zscore"
    n_init: Annotated[int, Field(ge=1, le=1000)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 42
    k_max: Annotated[int, Field(ge=2, le=50)] = 10


class OutputsSection(_Section):
    """[outputs]: which files, and where."""

    formats: Annotated[tuple[str, ...], BeforeValidator(_formats)] = FORMATS
    folder: Path = Path("output")


class TemplatesSection(_Section):
    """[templates]: the user's own, in place of ours."""

    brief: Path | None = None
    deck: Path | None = None
    workbook: Path | None = None
    playbook: Path | None = None
    brand: Path | None = None


class RunConfig(_Section):
    """Everything a run is told."""

    report: ReportSection = ReportSection()
    input: InputSection = InputSection()
    roles: dict[str, str] = {}
    derive: dict[str, str] = {}
    clean: CleanSection = CleanSection()
    segment: SegmentSection = SegmentSection()
    names: Annotated[dict[int, Annotated[str, AfterValidator(_segment_name)]], AfterValidator(_distinct)] = {}
    outputs: OutputsSection = OutputsSection()
    templates: TemplatesSection = TemplatesSection()
    sources: Annotated[tuple[str, ...], Field(exclude=True)] = ()
    folder: Annotated[Path | None, Field(exclude=True)] = None

    @property
    def currency(self) -> str:
        """The currency of money, by default the one of the locale's country."""
        return self.report.currency or currency_of(parse_locale(self.report.locale))

    @property
    def name(self) -> str:
        """The report's name, by default the stem of the first input."""
        return self.report.name or _name_of(self.sources[0] if self.sources else "")

    @property
    def title(self) -> str:
        """The report's title, by default its name in plain words."""
        return self.report.title or re.sub(r"[\W_]+", " ", self.name).strip().capitalize() or self.name

    @property
    def k_range(self) -> tuple[int | None, int, int]:
        """The wanted number of segments (None: choose), and the bounds of the choice."""
        bounds = _k_bounds(self.segment.k)
        if bounds is None:
            return None, 2, self.segment.k_max
        return (None, *bounds) if "-" in str(self.segment.k) else (bounds[0], 2, self.segment.k_max)


def load_config(
    sources: Sequence[str | Path],
    *,
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    folder: Path | None = None,
) -> RunConfig:
    """The configuration of a run: the file's settings, over which flags (``section.key``) win.

    Raises ConfigError that names the file, the line, the key, and the nearest key that exists.
    """
    settings = _read(file) if file else {}
    for key, value in (flags or {}).items():
        if value is not None and value != ():
            section, _, name = key.partition(".")
            below = settings.setdefault(section, {})
            if isinstance(below, dict):
                below[name] = value
    try:
        return RunConfig.model_validate(settings | {"sources": tuple(map(str, sources)), "folder": folder})
    except ValidationError as error:
        raise refuse(error, file, RunConfig, ConfigError, _flag(error, flags or {})) from error


def _read(file: Path) -> dict[str, Any]:
    settings = read_settings(file, ConfigError)
    for key in ("sources", "folder"):
        if key in settings:
            place = f"{file.name}, line {line_of(file, (key,))}"
            raise ConfigError(f"{place}: unknown key {key!r}", "the input is an argument of the command")
    templates = settings.get("templates")
    for name, path in templates.items() if isinstance(templates, dict) else ():
        if isinstance(path, str) and not Path(path).is_absolute():
            settings["templates"][name] = str(file.parent / path)
    return settings


def _flag(error: ValidationError, flags: Mapping[str, Any]) -> str:
    """The flag, or the variable, that the first wrong value came from, or nothing."""
    path = [str(part) for part in error.errors()[0]["loc"]]
    value = flags.get(".".join(path[:2]))
    if len(path) < 2 or value is None or value == ():
        return ""
    variable = f"SEGREPORT_{path[1].upper()}"
    return variable if os.environ.get(variable) == str(value) else f"--{path[1].replace('_', '-')}"
