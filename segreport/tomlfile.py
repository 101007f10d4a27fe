"""A TOML file checked against a model; what is wrong is refused with file, line, key and the nearest right one."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from segreport.errors import SegreportError

Model = TypeVar("Model", bound=BaseModel)
_HEAD = re.compile(r"\s*\[(\[?)\s*([^\[\],=]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.\- ]+?)\s*=""")


class WrongValue(ValueError):
    """What a validator raises: the cause, a hint, and the key below its field that is meant."""

    def __init__(self, message: str, hint: str, *below: str) -> None:
        super().__init__(message)
        self.hint, self.below = hint, below


def read_model(path: Path, model: type[Model], kind: type[SegreportError]) -> Model:
    """The file as the model; raises the given kind of refusal."""
    settings = read_settings(path, kind)
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        raise refuse(error, path, model, kind) from error


def read_settings(path: Path, kind: type[SegreportError]) -> dict[str, Any]:
    """The file's content, not yet checked."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise kind(f"{path}: {error.strerror}", "name a file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise kind(f"{path.name}: {error}", "mend the line named") from error


def refuse(
    error: ValidationError, path: Path | None, model: type[BaseModel], kind: type[SegreportError], place: str = ""
) -> SegreportError:
    """The refusal of the first thing that is wrong; ``place`` names it where it does not stand in the file."""
    first = error.errors()[0]
    keys = tuple(str(part) for part in first["loc"] if not str(part).startswith("function-"))
    cause = first.get("ctx", {}).get("error")
    below = cause.below if isinstance(cause, WrongValue) else ()
    where = place or _place(path, (*keys, *below))
    if first["type"] == "extra_forbidden":
        return kind(f"{where}: unknown key {keys[-1]!r}", _nearest(model, keys))
    message = first["msg"].removeprefix("Value error, ")
    return kind(f"{where}: {message}", cause.hint if isinstance(cause, WrongValue) else f"found {first['input']!r}")


def line_of(path: Path, keys: tuple[str, ...]) -> int | None:
    """The line of a key in the file: ``("segment", "seed")``, or ``("rule", "2", "id")`` in the third [[rule]].

    Where the key itself is not written, the line of what it belongs to.
    """
    table: tuple[str, ...] = ()
    tables: Counter[str] = Counter()
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        head, key = _HEAD.fullmatch(line), _KEY.match(line)
        if head:
            table = _parts(head.group(2))
            if head.group(1):
                table = (*table, str(tables[head.group(2)]))
                tables[head.group(2)] += 1
            here = table
        elif key:
            here = table + _parts(key.group(1))
        else:
            continue
        if keys[: len(here)] == here and len(here) > best[0]:
            best = (len(here), number)
    return best[1]


def _parts(name: str) -> tuple[str, ...]:
    """The keys of a dotted name; one in quotes is one key."""
    if name[0] in "\"'":
        return (name.strip("\"'"),)
    return tuple(part.strip() for part in name.split("."))


def _place(path: Path | None, keys: tuple[str, ...]) -> str:
    if path is None:
        return ".".join(keys)
    line = line_of(path, keys)
    return f"{path.name}, line {line}" if line else f"{path.name}, {'.'.join(keys)}"


def _nearest(model: type[BaseModel], keys: tuple[str, ...]) -> str:
    for key in keys[:-1]:
        model = _model_of(model.model_fields[key].annotation) or model if key in model.model_fields else model
    known = [name for name, field in model.model_fields.items() if not field.exclude]
    near = difflib.get_close_matches(keys[-1], known, n=1)
    return f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(known)}"


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, alone or in a list."""
    found = (kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type) and not get_args(kind))
    return next((kind for kind in found if issubclass(kind, BaseModel)), None)
