"""Plain data with attributes: all that a template gets to see of the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

HEAT = {-3: "#E3A257", -2: "#F3C996", -1: "#FBE9D3", 0: "#FFFFFF", 1: "#DCEBF1", 2: "#AED3E0", 3: "#74B4CB"}
"""The fills of the heat map, by the steps of the distance from the average."""


class View:
    """Plain data with attributes: what templates see of the report."""

    __slots__ = ("_names",)

    def __init__(self, **names: Any) -> None:
        object.__setattr__(self, "_names", names)

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_names")[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("what templates see cannot be changed")

    def __dir__(self) -> Iterable[str]:
        return list(self._names)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._names.values())

    def __str__(self) -> str:
        return str(self._names.get("text", self._names.get("name", "")))


@dataclass(frozen=True)
class Badge:
    """Dots and a word: how sure, how urgent."""

    dots: int
    word: str

    def __str__(self) -> str:
        return self.word
