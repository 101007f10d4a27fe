"""A TOML file checked against a model; what is wrong is refused with file, line, key and the nearest right one."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from segreport.errors import SegreportError

Model = TypeVar("Model", bound=BaseModel)


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
        return tomllib.loads(path.read_text(encoding="utf-8"))
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
    where = place or _place(path, keys)
    if first["type"] == "extra_forbidden":
        return kind(f"{where}: unknown key {keys[-1]!r}", _nearest(model, keys))
    message = first["msg"].removeprefix("Value error, ")
    return kind(f"{where}: {message}", f"found {first['input']!r}")


def line_of(path: Path, keys: tuple[str, ...]) -> int | None:
    """The line of a key in the file: ``("segment", "seed")``, or ``("rule", "2", "id")`` in the third [[rule]]."""
    wanted = ".".join(key for key in keys[:-1] if not key.isdigit())
    skip = next((int(key) for key in keys if key.isdigit()), 0)
    section, seen = "", -1
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if head:
            section, seen = head.group(1), seen + (head.group(1) == wanted)
            if keys == (section,) or (section == wanted and seen == skip and len(keys) > 2 and keys[-1].isdigit()):
                return number
        name = re.match(r"\s*[\"']?([^\"'=#]+?)[\"']?\s*=", line)
        if name and name.group(1) in keys[-2:] and section in (wanted, keys[0]) and max(seen, 0) >= skip:
            return number
    return None


def _place(path: Path | None, keys: tuple[str, ...]) -> str:
    if path is None:
        return ".".join(keys)
    line = line_of(path, keys)
    return f"{path.name}, line {line}" if line else f"{path.name}, {'.'.join(keys)}"


def _nearest(model: type[BaseModel], keys: tuple[str, ...]) -> str:
    for key in keys[:-1]:
        annotation = model.model_fields[key].annotation if key in model.model_fields else None
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    known = [name for name, field in model.model_fields.items() if not field.exclude]
    near = difflib.get_close_matches(keys[-1], known, n=1)
    return f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(known)}"
