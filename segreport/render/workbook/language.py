"""The template language as a workbook uses it: values of lone expressions, turns of loops, and what a cell adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import StrictUndefined, nodes

from segreport.domain import Chart, Series
from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.render.fill import Environment, check_names, evaluate, make_environment, render_text
from segreport.render.views import View

_NAME = r"[^\W\d]\w*"
_DOTTED = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_SIMPLE_LOOP = re.compile(rf"({_NAME})\s+in\s+({_NAME}(?:\.{_NAME})*)")
_COLLECT = "collect__"


@dataclass(frozen=True)
class Bar:
    """A value that is shown as a data bar in a colour."""

    value: Any
    color: str


@dataclass
class Language:
    """The environment of a workbook: simple names are looked up directly, the rest is compiled once."""

    environment: Environment
    _turns: dict[str, Callable[[Mapping[str, Any], str], Iterator[dict[str, Any]]]] = field(default_factory=dict)

    def value(self, expression: str, names: Mapping[str, Any], place: str) -> Any:
        """The value of one expression."""
        if _DOTTED.fullmatch(expression):
            first, *rest = expression.split(".")
            if first in names:
                value = names[first]
                for attribute in rest:
                    value = self.environment.getattr(value, attribute)
                if not isinstance(value, StrictUndefined):
                    return value
        return evaluate(self.environment, expression, names, place)

    def text(self, source: str, names: Mapping[str, Any], place: str) -> str:
        """The text with its tokens filled."""
        return render_text(self.environment, source, names, place)

    def holds(self, condition: str, names: Mapping[str, Any], place: str) -> bool:
        """Whether the condition holds."""
        return bool(self.value(condition, names, place))

    def turns(self, loop: str, names: Mapping[str, Any], place: str) -> Iterator[dict[str, Any]]:
        """The names that each turn of ``x in xs`` binds, and ``loop``."""
        turns = list(self._bindings(loop, names, place))
        for index, bound in enumerate(turns):
            about = View(
                index=index + 1, index0=index, first=index == 0, last=index == len(turns) - 1, length=len(turns)
            )
            yield {**bound, "loop": about}

    def targets(self, loop: str, place: str) -> tuple[str, ...]:
        """The names that ``x, y in pairs`` binds."""
        check_names(self.environment, f"{{% for {loop} %}}{{% endfor %}}", _Everything(), place)
        tree = self.environment.parse(f"{{% for {loop} %}}{{% endfor %}}")
        return tuple(node.name for node in tree.find_all(nodes.Name) if node.ctx == "store")

    def check(self, source: str, known: Mapping[str, Any], place: str) -> None:
        """Refuse a text that names what does not exist."""
        check_names(self.environment, source, known, place)

    def _bindings(self, loop: str, names: Mapping[str, Any], place: str) -> Iterator[dict[str, Any]]:
        simple = _SIMPLE_LOOP.fullmatch(loop)
        if simple:
            items = self.value(simple.group(2), names, place)
            try:
                yield from ({simple.group(1): item} for item in items)
            except TypeError as error:
                raise TemplateError(f"{place}: {simple.group(2)} is not a list", "name a list after 'in'") from error
            return
        collected: list[dict[str, Any]] = []
        pairs = ", ".join(f"'{name}': {name}" for name in self.targets(loop, place))
        source = f"{{% for {loop} %}}{{{{ {_COLLECT}({{{pairs}}}) }}}}{{% endfor %}}"
        render_text(self.environment, source, {**names, _COLLECT: collected.append}, place)
        yield from collected


class _Everything(dict[str, None]):
    """Known names that hold any name: for a first look at the syntax alone."""

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: Any = None) -> Any:
        return None


def make_language(formats: Formats) -> Language:
    """The language of workbooks: the common one, ``bar``, ``panel`` and ``turned``."""
    environment = make_environment(formats)
    environment.filters |= {"bar": Bar, "panel": take_panel, "turned": turn}
    return Language(environment)


def take_panel(chart: Chart, number: int) -> Chart | None:
    """Panel 1, 2, ... of a chart of histograms as a chart of its own; nothing where there are fewer."""
    if number > len(chart.categories):
        return None
    own, everyone = chart.series[2 * number - 2 : 2 * number]
    first, last = own.labels if len(own.labels) == 2 else ("", "")
    title = f"{chart.categories[number - 1]}, {first} to {last}" if first else chart.categories[number - 1]
    bins = len(own.values)
    categories = tuple(first if at == 0 else last if at == bins - 1 else " " for at in range(bins))
    return Chart(
        chart.name, "histogram", title, chart.subtitle, categories, (own, everyone), chart.alt, "share"
    )  # fmt: skip


def turn(chart: Chart) -> Chart:
    """The chart with series and categories exchanged: one series per category, one category per series."""
    series = tuple(
        Series(name, tuple(s.values[at] for s in chart.series), labels=tuple(s.labels[at] for s in chart.series))
        for at, name in enumerate(chart.categories)
    )
    return Chart(
        chart.name, "pairs", chart.title, chart.subtitle, tuple(s.name for s in chart.series), series, chart.alt,
        chart.unit, chart.highlight, tuple(str(s.segment or "") for s in chart.series),
    )  # fmt: skip
