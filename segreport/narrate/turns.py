"""A measure as the two halves of a sentence: who the customers are that have more of it, and what they do."""

from __future__ import annotations

from segreport.domain import Measure
from segreport.narrate.say import lower_first


def subject(measure: Measure) -> str:
    """The customers with more of it: ``Customers with a higher income``."""
    label = lower_first(measure.label)
    match measure.role:
        case "age" if label == "age":
            return "Older customers"
        case "spend":
            return f"Customers who spend more on {measure.topic or label}"
        case "value" if label == "spending":
            return "Customers who spend more"
        case "channel":
            return f"Customers with more {measure.topic or label} orders"
        case "deals":
            return "Customers who buy more often with a deal"
        case "recency":
            return "Customers whose last order is longer ago"
        case "date":
            return "Customers of longer standing"
        case _ if measure.unit == "share":
            return f"Customers who {label}" if _is_deed(label) else f"Customers with {label}"
        case _ if _is_plural(label):
            return f"Customers with more {label}"
        case _:
            return f"Customers with a higher {label}"


def outcome(measure: Measure, *, up: bool) -> str:
    """What they do or have more or less of: ``make fewer web visits a month``."""
    label, more = lower_first(measure.label), "more" if up else "less"
    many, high = "more" if up else "fewer", "higher" if up else "lower"
    match measure.role:
        case "age" if label == "age":
            return "are older" if up else "are younger"
        case "spend":
            return f"spend {more} on {measure.topic or label}"
        case "value" if label == "spending":
            return f"spend {more}"
        case "channel":
            return f"place {many} {measure.topic or label} orders"
        case "deals":
            return f"buy {more} often with a deal"
        case "recency":
            return "ordered last longer ago" if up else "ordered more recently"
        case "date":
            return f"have been customers for a {'longer' if up else 'shorter'} time"
        case _ if measure.unit == "share":
            return f"{label} {more} often" if _is_deed(label) else f"have {label} {more} often"
        case "visits" if _is_plural(label):
            return f"make {many} {label}"
        case "orders" if label == "orders":
            return f"place {many} orders"
        case _ if _is_plural(label):
            return f"have {many} {label}"
        case _:
            return f"have a {high} {label}"


def _is_plural(label: str) -> bool:
    """Whether the label counts something: ``web visits a month``, ``children at home``, ``campaigns accepted``."""
    words = label.split(" ")[:2]
    return any(word == "children" or (word.endswith("s") and not word.endswith("ss")) for word in words)


def _is_deed(label: str) -> bool:
    """Whether the label is what they did: ``took the last offer``, ``complained``."""
    return label.split(" ")[0].endswith(("ed", "ook"))
