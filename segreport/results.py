"""results.json: the Report as JSON and back, and its schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from segreport.domain import SCHEMA_VERSION, Report
from segreport.errors import InputError


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def dump_report(report: Report) -> bytes:
    """The report as UTF-8 JSON, keys in the order of the Report, floats in their shortest form."""
    return _adapter().dump_json(report, indent=1) + b"\n"


def load_report(path: Path) -> Report:
    """The report of a results.json; raises InputError where it is missing, damaged or of another schema."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", "name a folder that segreport has written") from error
    version = _version(data)
    if version != SCHEMA_VERSION:
        raise InputError(
            f"{path.name} has schema {version}, this program reads {SCHEMA_VERSION}", "make the report again"
        )
    try:
        return _adapter().validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name} is damaged at {where}: {first['msg']}", "make the report again") from error


def schema() -> dict[str, Any]:
    """The JSON Schema of results.json."""
    return _adapter().json_schema(mode="serialization") | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"segreport results.json, schema {SCHEMA_VERSION}",
    }


def _version(data: bytes) -> str:
    try:
        return str(json.loads(data).get("schema_version", "unknown"))
    except (ValueError, AttributeError) as error:
        raise InputError("results.json is not JSON", "make the report again") from error
