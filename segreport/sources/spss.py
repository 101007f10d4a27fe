"""What an SPSS file holds: codes as their labels, declared missing values as missing, seconds since 1582 as dates.

A variable shows labels where most of its distinct values have one, unless it is declared a scale: of a measurement,
and of a ladder that is labelled at its ends only, the numbers are the values. A code without a label keeps its number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from segreport.domain import Finding
from segreport.errors import InputError
from segreport.sources.parsing import Request, Rows, Told

if TYPE_CHECKING:
    import pyarrow as pa

_CELLS_AT_ONCE = 2_000_000
_EPOCH = 12_219_379_200
"""Seconds from 14 October 1582, where SPSS begins to count, to 1970."""
_FIRST, _END = 86_400, 265_621_680_000
"""Seconds of the first day that SPSS knows and of the year 10000: what lies outside is no date."""
_NAMED = 5
_FALLBACK = "cp1252"

Meaning = Literal["number", "text", "date", "moment", "time"]
Cases = Mapping[str, list[Any]]

_MEANINGS: Mapping[str, Meaning] = {
    **dict.fromkeys(("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR"), "date"),
    **dict.fromkeys(("DATETIME", "YMDHMS"), "moment"),
    **dict.fromkeys(("TIME", "DTIME", "MTIME"), "time"),
}
"""What the formats of SPSS say of numbers."""


@dataclass(frozen=True)
class Variable:
    """A column of the file, and what its values mean."""

    name: str
    meaning: Meaning
    missing: tuple[Mapping[str, Any], ...]
    labels: Mapping[Any, str]
    scale: bool


@dataclass
class Counts:
    """What was counted on the way, by variable."""

    missing: Counter[str] = field(default_factory=Counter)
    no_dates: Counter[str] = field(default_factory=Counter)


def parse(request: Request, rows: Rows) -> Told:
    """Write the cases to ``rows``; raises InputError where the file cannot be read."""
    file = _File(request)
    coded = _coded(file)
    counts, read = Counts(), 0
    for cases in file.chunks():
        rows.write(_batch(cases, file.variables, coded, counts))
        read += _length(cases)
    if file.promised > read:
        cause = f"{request.name} was cut off: it says {file.promised:,} cases, and holds {read:,}"
        raise InputError(cause, "copy it again, or save it again from SPSS")
    dialect = {"format": "SPSS", "encoding": file.encoding}
    return Told(read, len(file.variables), dialect, (), file.labels, tuple(_findings(counts)))


class _File:
    """The file as pyreadstat gives it: what its variables are, then their values, so many cases at a time."""

    def __init__(self, request: Request) -> None:
        self._path, self._name = request.path, request.name
        self._asked: str | None = request.options.get("encoding")
        _, described = self._read(metadataonly=True)
        if not described.column_names:
            raise InputError(f"{self._name} has no variables", "save it again, with the cases")
        if not all(described.column_names):
            raise self._refusal(ValueError("a variable has no name"))
        self._declared = str(described.file_encoding or "as the file says")
        self.promised = int(described.number_rows or 0)
        self.variables = [_variable(name, described) for name in described.column_names]
        self.labels = {name: " ".join(text.split()) for name, text in described.column_names_to_labels.items() if text}
        self._most = max(1, _CELLS_AT_ONCE // len(self.variables))
        self._only: Cases | None = None

    @property
    def encoding(self) -> str:
        """What the text was read as."""
        return (self._asked or self._declared).lower()

    def chunks(self, names: Sequence[str] | None = None) -> Iterator[Cases]:
        """The values of all variables, or at least of those named; a file that fits into one chunk is read once."""
        if 0 <= self.promised < self._most:
            if self._only is None:
                self._only, _ = self._read()
            yield self._only
            return
        start, length = 0, self._most
        while length == self._most:
            cases, _ = self._read(row_limit=self._most, row_offset=start, usecols=names)
            length = _length(cases)
            start += length
            yield cases

    def _read(self, **how: Any) -> tuple[Any, Any]:
        import pyreadstat

        try:
            return self._read_as(self._asked, how)
        except pyreadstat.ReadstatError as error:
            if "convert string" in str(error) and not self._asked:
                self._asked = _FALLBACK
                return self._read(**how)
            raise self._refusal(error) from error
        except (pyreadstat.PyreadstatError, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise self._refusal(error) from error

    def _read_as(self, encoding: str | None, how: Mapping[str, Any]) -> tuple[Any, Any]:
        import pyreadstat

        return pyreadstat.read_sav(
            self._path,
            encoding=encoding,
            user_missing=True,
            disable_datetime_conversion=True,
            output_format="dict",
            **how,
        )

    def _refusal(self, error: Exception) -> InputError:
        if "character set" in str(error):
            return InputError(f"unknown encoding {self._asked!r}", "use a name such as utf-8 or cp1252")
        cause = f"{self._name} cannot be read as an SPSS file: {' '.join(str(error).split())[:120]}"
        return InputError(cause, "it may be cut off; copy it again, or save it again from SPSS")


def _variable(name: str, described: Any) -> Variable:
    letters = re.match(r"[A-Z]*", str(described.original_variable_types.get(name) or "").upper())
    kind = letters[0] if letters else ""
    missing = tuple(described.missing_ranges.get(name, ()))
    scale = described.variable_measure.get(name) == "scale"
    labels = _unique(described.variable_value_labels.get(name, {}))
    if described.readstat_variable_types.get(name) == "string":
        return Variable(name, "text", missing, labels, scale)
    return Variable(name, _MEANINGS.get(kind, "number"), missing, labels, scale)


def _unique(labels: Mapping[Any, str]) -> dict[Any, str]:
    """Two codes stay two, though their labels are the same."""
    texts = {code: " ".join(text.split()) for code, text in labels.items() if text.strip()}
    often = Counter(texts.values())
    return {code: f"{text} ({_number(code)})" if often[text] > 1 else text for code, text in texts.items()}


def _coded(file: _File) -> set[str]:
    """The variables that are shown as labels."""
    asked = [one for one in file.variables if one.labels and not one.scale and one.meaning in ("number", "text")]
    if not asked:
        return set()
    seen: dict[str, set[Any]] = {one.name: set() for one in asked}
    for cases in file.chunks([one.name for one in asked]):
        for one in asked:
            seen[one.name].update(cases[one.name])
    return {one.name for one in asked if _are_labelled(one, seen[one.name])}


def _are_labelled(variable: Variable, values: set[Any]) -> bool:
    present = [value for value in values if value not in (None, "") and not _is_missing(value, variable)]
    return 2 * sum(value in variable.labels for value in present) > len(present)


def _is_missing(value: Any, variable: Variable) -> bool:
    return any(span["lo"] <= value <= span["hi"] for span in variable.missing)


def _batch(cases: Cases, variables: Sequence[Variable], coded: set[str], counts: Counts) -> pa.RecordBatch:
    import pyarrow as pa

    columns = {one.name: _column(cases[one.name], one, one.name in coded, counts) for one in variables}
    return pa.RecordBatch.from_pydict(columns)


def _column(values: list[Any], variable: Variable, coded: bool, counts: Counts) -> pa.Array:
    import pyarrow as pa

    if variable.missing:
        kept = [None if value is None or _is_missing(value, variable) else value for value in values]
        counts.missing[variable.name] += kept.count(None) - values.count(None)
        values = kept
    if coded:
        return pa.array([_shown(value, variable) for value in values], pa.string())
    match variable.meaning:
        case "text":
            return pa.array([value or None for value in values], pa.string())
        case "time":
            return pa.array([None if value is None else _clock(value) for value in values], pa.string())
        case "number":
            return pa.array(values, pa.float64())
    return _dates(values, variable, counts)


def _shown(value: Any, variable: Variable) -> str | None:
    return None if value in (None, "") else variable.labels.get(value) or _number(value)


def _number(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def _dates(values: list[float | None], variable: Variable, counts: Counts) -> pa.Array:
    import pyarrow as pa

    real = [value if value is not None and _FIRST <= value < _END else None for value in values]
    counts.no_dates[variable.name] += real.count(None) - values.count(None)
    moments = pa.array([None if value is None else round((value - _EPOCH) * 1e6) for value in real], pa.int64())
    moments = moments.cast(pa.timestamp("us"))
    return moments.cast(pa.date32(), safe=False) if variable.meaning == "date" else moments


def _length(cases: Cases) -> int:
    return len(next(iter(cases.values())))


def _findings(counts: Counts) -> Iterator[Finding]:
    for code, text, counter in (
        ("DQ018", "Cells the file marks as missing", counts.missing),
        ("DQ019", "Dates outside the calendar", counts.no_dates),
    ):
        names = [name for name, amount in counter.items() if amount]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            yield Finding(code, text, counter.total(), f"read as missing: {', '.join(names[:_NAMED])}{more}")
