"""Results of simple formulas, so that a total shows its figure before Excel has calculated."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

from segreport.render.workbook.references import Area, unquoted

Values = Mapping[tuple[int, int], float | str]

_AREA = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
_REFERENCE = re.compile(rf"((?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?({_AREA})(?![\w(])")
_FUNCTIONS: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MIN": lambda numbers: min(numbers, default=0.0),
    "MAX": lambda numbers: max(numbers, default=0.0),
    "COUNT": lambda numbers: float(len(numbers)),
    "AVERAGE": lambda numbers: sum(numbers) / len(numbers),
    "PRODUCT": lambda numbers: _product(numbers),
    "ABS": lambda numbers: abs(numbers[0]),
}
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_MOST_CELLS = 200_000


def result_of(formula: str, own: Values, sheets: Mapping[str, Values]) -> float | None:
    """The formula's number; None where it waits for a cell that is NaN, or is more than sums, means and arithmetic."""
    areas: list[tuple[Values, Area]] = []

    def named(match: re.Match[str]) -> str:
        values = sheets.get(unquoted(match.group(1))) if match.group(1) else own
        areas.append((values if values is not None else {}, Area.parse(match.group(2))))
        return f"area{len(areas) - 1}"

    text = _REFERENCE.sub(named, formula.lstrip("="))
    try:
        tree = ast.parse(text, mode="eval")
        found = _numbers(tree.body, areas)
    except (SyntaxError, ValueError, ZeroDivisionError, IndexError, OverflowError, RecursionError):
        return None
    return found[0] if len(found) == 1 else None


def _numbers(node: ast.expr, areas: list[tuple[Values, Area]]) -> list[float]:
    """The numbers of an expression: one, or those in an area."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return [float(value)]
        case ast.Name(id=name) if name.startswith("area"):
            return _area_numbers(*areas[int(name[4:])])
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return [-_single(operand, areas)]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return [_OPERATORS[type(op)](_single(left, areas), _single(right, areas))]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name.upper() in _FUNCTIONS:
            return [_FUNCTIONS[name.upper()]([number for arg in args for number in _numbers(arg, areas)])]
    raise ValueError("not a simple formula")


def _single(node: ast.expr, areas: list[tuple[Values, Area]]) -> float:
    found = _numbers(node, areas)
    if len(found) != 1:
        raise ValueError("not a single number")
    return found[0]


def _area_numbers(values: Values, area: Area) -> list[float]:
    columns, rows = area.right - area.left + 1, area.bottom - area.top + 1
    if columns * rows > _MOST_CELLS:
        raise ValueError("too large an area")
    cells = (values.get((area.left + x, area.top + y)) for y in range(rows) for x in range(columns))
    numbers = [float(cell) for cell in cells if isinstance(cell, (int, float))]
    if any(math.isnan(number) for number in numbers):
        raise ValueError("waits for another formula")
    return numbers


def _product(numbers: list[float]) -> float:
    product = 1.0
    for number in numbers:
        product *= number
    return product
