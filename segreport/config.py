"""RunConfig: segreport.toml, environment and flags, merged, checked once, and frozen."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from segreport.errors import ConfigError
from segreport.formatting import currency_of, is_currency, parse_locale

FORMATS = ("pdf", "pptx", "xlsx")
CONFIG_NAME = "segreport.toml"
_K = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
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


def _name(text: str) -> str:
    if text and (not _NAME.fullmatch(text) or text in (".", "..")):
        raise ValueError(f"{text!r} cannot be the name of a folder")
    return text


class ReportSection(_Section):
    """[report]: what it is called and how figures are written."""

    name: Annotated[str, AfterValidator(_name)] = ""
    title: str = ""
    locale: Annotated[str, AfterValidator(_locale)] = "en_US"
    currency: Annotated[str, AfterValidator(_currency)] = ""


class InputSection(_Section):
    """[input]: how the table is read."""

    id: str | None = None
    as_of: datetime | date | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: str | None = None
    sheet: str | None = None


class SegmentSection(_Section):
    """[segment]: what the segments are made from, and how."""

    method: Literal["kmeans"] = "kmeans"
    k: int | str = "auto"
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
    segment: SegmentSection = SegmentSection()
    names: dict[int, str] = {}
    outputs: OutputsSection = OutputsSection()
    templates: TemplatesSection = TemplatesSection()
    source: Path = Path()
    folder: Path | None = None

    @property
    def currency(self) -> str:
        """The currency of money, by default the one of the locale's country."""
        return self.report.currency or currency_of(parse_locale(self.report.locale))

    @property
    def name(self) -> str:
        """The report's name, by default the stem of the input."""
        return self.report.name or self.source.stem

    @property
    def title(self) -> str:
        """The report's title, by default its name in plain words."""
        return self.report.title or re.sub(r"[\W_]+", " ", self.name).strip().capitalize() or self.name

    @property
    def k_range(self) -> tuple[int | None, int, int]:
        """The wanted number of segments (None: choose), and the bounds of the choice."""
        if self.segment.k == "auto":
            return None, 2, self.segment.k_max
        match = _K.fullmatch(str(self.segment.k).strip())
        low, high = (int(part) if part else 0 for part in match.groups()) if match else (0, 0)
        if low < 2 or (high and high < low) or max(low, high) > 50:
            raise ConfigError(
                f"--k: {self.segment.k!r} is not a number of segments",
                "use auto, a number from 2 to 50, or a range such as 3-6",
            )
        return (None, low, high) if high else (low, 2, self.segment.k_max)


def load_config(
    source: Path, *, file: Path | None = None, flags: Mapping[str, Any] | None = None, folder: Path | None = None
) -> RunConfig:
    """The configuration of a run: the file's settings, over which flags (``section.key``) win.

    Raises ConfigError that names the file, the line, the key, and the nearest key that exists.
    """
    settings = _read(file) if file else {}
    for key, value in (flags or {}).items():
        if value is not None and value != ():
            section, _, name = key.partition(".")
            settings.setdefault(section, {})[name] = value
    try:
        config = RunConfig.model_validate(settings | {"source": source, "folder": folder})
    except ValidationError as error:
        raise _refusal(error, file, flags or {}) from error
    _ = config.k_range
    return config


def _read(file: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}", "name a configuration that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name}: {error}", "mend the line named") from error
    for key in ("source", "folder"):
        if key in settings:
            raise ConfigError(
                f"{file.name}, line {_line_of(file, (key,))}: unknown key {key!r}",
                "the input is an argument of the command",
            )
    for name, path in settings.get("templates", {}).items():
        if isinstance(path, str) and not Path(path).is_absolute():
            settings["templates"][name] = str(file.parent / path)
    return settings


def _refusal(error: ValidationError, file: Path | None, flags: Mapping[str, Any]) -> ConfigError:
    first = error.errors()[0]
    path = tuple(str(part) for part in first["loc"] if not str(part).startswith("function-"))
    key = ".".join(path[:2])
    where = f"--{path[1].replace('_', '-')}" if key in flags and len(path) > 1 else _place(file, path)
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{where}: unknown key {path[-1]!r}", _nearest(path))
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{where}: {message}", f"found {first['input']!r}")


def _place(file: Path | None, path: tuple[str, ...]) -> str:
    if file is None:
        return ".".join(path)
    line = _line_of(file, path)
    return f"{file.name}, line {line}" if line else f"{file.name}, {'.'.join(path)}"


def _line_of(file: Path, path: tuple[str, ...]) -> int | None:
    """The line of a key in the TOML file, by its section and its name."""
    section = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if head:
            section = head.group(1)
            if path == (section,):
                return number
        name = re.match(r"\s*[\"']?([^\"'=#]+?)[\"']?\s*=", line)
        if name and (name.group(1),) == path[-1:] and section == ".".join(path[:-1]):
            return number
        if name and path[:2] == (section, name.group(1)):
            return number
    return None


def _nearest(path: tuple[str, ...]) -> str:
    owner: type[BaseModel] = RunConfig
    for part in path[:-1]:
        annotation = owner.model_fields[part].annotation if part in owner.model_fields else None
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            owner = annotation
    known: Iterable[str] = [name for name in owner.model_fields if name not in ("source", "folder")]
    near = difflib.get_close_matches(path[-1], list(known), n=1)
    return f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(known)}"
