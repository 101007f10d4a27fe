"""The template language inside every format: one sandboxed Jinja environment, its filters, and its paint directives."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.loaders import BaseLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from segreport.domain import Fact
from segreport.errors import TemplateError
from segreport.formatting import MISSING, Formats

TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
LONE_EXPRESSION = re.compile(r"\s*\{\{((?:(?!\}\}).)*)\}\}\s*", re.DOTALL)
OPEN, CLOSE = "\ue000", "\ue001"
DIRECTIVE = re.compile(f"{OPEN}([a-z]+):([^{CLOSE}]*){CLOSE}")
_FORBIDDEN = dict.fromkeys([*range(0x20), 0x7F, *range(0xE000, 0xE002), 0xFFFE, 0xFFFF])
_FORBIDDEN.pop(0x09), _FORBIDDEN.pop(0x0A)
_SHOWN = 80
_FAILURES = (
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    MemoryError,
    TemplateRuntimeError,
)
"""What a template can make Python raise: never a bug of ours, always a place in the template."""


@dataclass(frozen=True)
class Directive:
    """Paint for the container it is printed into: ``fill``, ``ink``, ``bold`` or ``line`` and its value."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{OPEN}{self.kind}:{self.value}{CLOSE}"


def make_environment(formats: Formats, *, loader: BaseLoader | None = None, html: bool = False) -> Environment:
    """The sandboxed environment of every template: strict about names, plain data only, no attribute of Python."""
    environment = Environment(
        loader=loader,
        autoescape=html,
        undefined=StrictUndefined,
        finalize=None if html else printable,
        trim_blocks=html,
        lstrip_blocks=html,
    )
    environment.filters |= _filters(formats)
    environment.globals.clear()
    environment.globals["range"] = safe_range
    environment.globals |= {kind: _directive_maker(kind) for kind in ("fill", "ink", "bold", "line")}
    return environment


def _filters(formats: Formats) -> dict[str, Callable[..., str]]:
    def money(value: object, decimals: int = 0) -> str:
        return formats.money(_number(value), decimals)

    def number(value: object, decimals: int = 0) -> str:
        return formats.number(_number(value), decimals)

    plain = {"count": formats.count, "share": formats.share, "z": formats.z, "ratio": formats.ratio}
    return {name: _of_number(write) for name, write in plain.items()} | {"money": money, "number": number}


def _of_number(write: Callable[[float], str]) -> Callable[..., str]:
    return lambda value: write(_number(value))


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox whose ranges are bounded, and that compiles a text once, however many cells and slides hold it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._templates: dict[str, Template] = {}
        self._expressions: dict[tuple[str, bool], Callable[..., Any]] = {}

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> Template:
        """The compiled template of a text."""
        if not isinstance(source, str) or globals or template_class:
            return super().from_string(source, globals, template_class)
        if source not in self._templates:
            self._templates[source] = super().from_string(source)
        return self._templates[source]

    def compile_expression(self, source: str, undefined_to_none: bool = True) -> Any:
        """The compiled expression, to be called with names."""
        key = (source, undefined_to_none)
        if key not in self._expressions:
            self._expressions[key] = super().compile_expression(source, undefined_to_none)
        return self._expressions[key]


def printable(value: object) -> object:
    """What an expression prints: a directive as it is, anything else as text that a document can hold."""
    if isinstance(value, Directive):
        return str(value)
    return clean_text(MISSING if value is None else str(value))


def clean_text(text: str) -> str:
    """The text without control characters and without the marks that directives travel in."""
    return text.translate(_FORBIDDEN)


def render_text(environment: Environment, source: str, names: Mapping[str, Any], place: str) -> str:
    """The template text with its tokens filled; raises TemplateError that names the place."""
    return str(_guard(lambda: environment.from_string(source).render(names), source, names, place))


def evaluate(environment: Environment, expression: str, names: Mapping[str, Any], place: str) -> Any:
    """The value of one expression, as an object (a Fact stays a Fact); what is lazy is worked out now, as a list."""
    compiled = _guard(
        lambda: environment.compile_expression(expression, undefined_to_none=False), expression, names, place
    )
    value = _guard(lambda: compiled(**names), expression, names, place)
    if isinstance(value, StrictUndefined):
        _guard(lambda: str(value), expression, names, place)
    return _guard(lambda: list(value), expression, names, place) if isinstance(value, Iterator) else value


def lone_expression(text: str) -> str | None:
    """The expression of a text that holds one expression and nothing else."""
    match = LONE_EXPRESSION.fullmatch(text)
    return match.group(1).strip() if match else None


def has_tokens(text: str) -> bool:
    """Whether the text holds template language."""
    return TOKEN.search(text) is not None


def split_directives(text: str) -> tuple[str, dict[str, str]]:
    """The text without its directives, and the directives that stood in it."""
    return DIRECTIVE.sub("", text), dict(DIRECTIVE.findall(text))


def check_names(environment: Environment, source: str, known: Mapping[str, Iterable[str] | None], place: str) -> None:
    """Refuse a template that names what does not exist, without rendering it.

    ``known`` has every top-level name; where its value is not None, it is the complete list of that name's attributes.
    ``segments[]`` and the like hold the attributes of what a loop over a list gives.
    """
    _guard(lambda: _check_names(environment, source, known, place), source, {}, place)


def _check_names(environment: Environment, source: str, known: Mapping[str, Iterable[str] | None], place: str) -> None:
    tree = environment.parse(source)
    bound = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    bound |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        bound |= {name if isinstance(name, str) else name[1] for name in imported.names}
    for node in tree.find_all(nodes.Name):
        if (
            node.ctx == "load"
            and node.name not in bound
            and node.name not in known
            and node.name not in environment.globals
        ):
            raise unknown_name(node.name, known, _at(place, source, node.lineno))
    elements = _loop_elements(tree)
    for getattr_node in tree.find_all(nodes.Getattr):
        written = _dotted(getattr_node.node)
        first, _, rest = written.partition(".")
        if written and (first not in bound or first in elements):
            owner = elements.get(first, first) + (f".{rest}" if rest else "")
            attributes = known.get(owner)
            if attributes is not None and getattr_node.attr not in attributes:
                raise unknown_name(f"{written}.{getattr_node.attr}", [f"{written}.{a}" for a in attributes], place)
    for filter_node in tree.find_all(nodes.Filter):
        if filter_node.name not in environment.filters:
            raise unknown_name(filter_node.name, environment.filters, _at(place, source, filter_node.lineno))


def _dotted(node: nodes.Node) -> str:
    """``segment.chart`` of a chain of names; empty for anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = _dotted(node.node)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _loop_elements(tree: nodes.Template) -> dict[str, str]:
    """From a loop's variable to the list it runs over, as ``segments[]``, where every loop that binds it agrees."""
    found: dict[str, set[str]] = {}
    for loop in tree.find_all(nodes.For):
        items = loop.iter
        while isinstance(items, (nodes.Filter, nodes.Getitem)):
            items = items.node  # type: ignore[assignment]
        if isinstance(loop.target, nodes.Name):
            name = items.name if isinstance(items, nodes.Name) else getattr(items, "attr", "")
            found.setdefault(loop.target.name, set()).add(f"{name}[]")
    return {variable: lists.pop() for variable, lists in found.items() if len(lists) == 1}


def unknown_name(name: str, known: Iterable[str], place: str) -> TemplateError:
    """The refusal of a name that does not exist, with the nearest one that does."""
    near = difflib.get_close_matches(name, [k for k in known if "[]" not in k], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "templates/README.md lists the names"
    return TemplateError(f"{place}: there is no {name!r}", hint)


def _guard(action: Callable[[], Any], source: str, names: Mapping[str, Any], place: str) -> Any:
    try:
        return action()
    except TemplateSyntaxError as error:
        line = f", line {error.lineno}" if "\n" in source else ""
        raise TemplateError(f"{place}{line}: {error.message}", "mend the template tag") from error
    except UndefinedError as error:
        quoted = re.findall(r"'([^']+)'", str(error))
        place = _where(error, source, place)
        raise (
            unknown_name(quoted[-1], _all_names(names), place) if quoted else _failure(error, source, place)
        ) from error
    except SecurityError as error:
        place = _where(error, source, place)
        raise TemplateError(f"{place}: {error}", "templates may use the report's names and filters only") from error
    except TemplateNotFound as error:
        hint = "partials stand beside the template"
        raise TemplateError(f"{_where(error, source, place)}: there is no file {error.name!r}", hint) from error
    except _FAILURES as error:
        raise _failure(error, source, _where(error, source, place)) from error


def _failure(error: Exception, source: str, place: str) -> TemplateError:
    """The refusal of a template that made Python give up."""
    if isinstance(error, RecursionError):
        return TemplateError(
            f"{place}: it goes too deep", "look for a macro, loop or include that calls itself without end"
        )
    if isinstance(error, MemoryError):
        return TemplateError(
            f"{place}: it needs more memory than is allowed", "look for an endless loop or a huge text in it"
        )
    cause = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, KeyError):
        cause = f"there is no {cause}"
    shown = "the tag in that line" if "\n" in source.strip() else repr(_without_marks(source).strip()[:_SHOWN])
    return TemplateError(f"{place}: {cause}", f"check {shown}")


def _without_marks(text: str) -> str:
    """The text as its author knows it, without the marks that directives travel in."""
    return clean_text(split_directives(text)[0])


def _at(place: str, source: str, line: int) -> str:
    return f"{place}, line {line}" if "\n" in source else place


def _where(error: Exception, source: str, place: str) -> str:
    """The place with the line, or the file and line of the partial, in which the template failed."""
    found = place
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file.endswith((".html", ".htm")):
            found = f"{PurePath(file).name}, line {line}"
        elif file == "<template>":
            found = _at(place, source, line)
    return found


def _all_names(names: Mapping[str, Any]) -> list[str]:
    found = list(names)
    for value in names.values():
        found += (
            [name for name in dir(value) if not name.startswith("_")]
            if not isinstance(value, (str, list, tuple))
            else []
        )
    return found


def _directive_maker(kind: str) -> Callable[[object], Directive]:
    def make(value: object) -> Directive:
        return Directive(kind, clean_text(str(value)))

    return make


def _number(value: object) -> float:
    if isinstance(value, Fact):
        value = value.value
    if isinstance(value, (int, float)):
        return float(value)
    shown = _without_marks(value) if isinstance(value, str) else value
    raise TypeError(f"{shown!r} is not a figure")
