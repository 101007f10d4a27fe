"""What a table does not hold, judged from the roles of its columns, and the decision that cannot be made without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segreport.domain import Lack, Role, RoleName

MOST = 6


@dataclass(frozen=True)
class _Known:
    """The roles there are, and the words in the names of the columns, for what has no role of its own."""

    roles: frozenset[str]
    words: frozenset[str]

    def has(self, *roles: RoleName) -> bool:
        return not self.roles.isdisjoint(roles)

    def says(self, *words: str) -> bool:
        return not self.words.isdisjoint(words)


def lacks_of(roles: Mapping[str, Role]) -> tuple[Lack, ...]:
    """What is missing for a marketing decision, the most important first; at most six."""
    known = _Known(frozenset(role.role for role in roles.values()), _words(roles))
    return tuple(Lack(what, blocks) for is_there, what, blocks in _WISHES if not is_there(known))[:MOST]


def _words(roles: Mapping[str, Role]) -> frozenset[str]:
    """The words in the names of the columns that hold something."""
    names = [name for name, role in roles.items() if role.role not in ("constant", "missing")]
    spaced = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=[a-z])(?=[A-Z])|_", " ", " ".join(names))
    return frozenset(re.findall(r"\w+", spaced.lower()))


def _has_money(known: _Known) -> bool:
    return known.has("spend", "value", "amount") or (known.has("quantity") and known.has("unit-price"))


def _has_last_order(known: _Known) -> bool:
    return known.has("recency") or _has_order_dates(known)


def _has_order_dates(known: _Known) -> bool:
    return known.has("date") and known.has("invoice", "amount", "quantity")


def _has_products(known: _Known) -> bool:
    return known.has("spend", "product", "product-category")


def _has_people(known: _Known) -> bool:
    return known.has("income", "age", "birth-year", "children", "gender", "education", "marital-status")


_WISHES: tuple[tuple[Callable[[_Known], bool], str, str], ...] = (
    (_has_money, "Spending", "whom to spend the budget on: no segment has a value in money"),
    (_has_last_order, "Date of the last order", "whom to win back: who is active and who has lapsed cannot be told"),
    (_has_products, "Products bought", "what to offer next: no offer can be matched to what a segment buys"),
    (
        lambda known: known.has("response"),
        "Answers to campaigns",
        "whom to write to: who answers, and what an answer brings, is not known",
    ),
    (
        lambda known: known.has("channel") or known.says("channel", "channels"),
        "Channels of purchase",
        "where to reach them: web, store and catalogue cannot be compared",
    ),
    (
        _has_order_dates,
        "Dates of single orders",
        "when to write: neither season nor trend can be seen",
    ),
    (
        lambda known: known.has("region") or known.says("region", "country", "city", "state", "zip", "postcode"),
        "Region or store",
        "where to act: no local campaign, no area to deliver to",
    ),
    (
        lambda known: known.says("margin", "profit", "cost", "costs"),
        "Costs and margins",
        "how deep a discount may go: value is revenue and not profit",
    ),
    (
        lambda known: known.says("email", "mail", "phone", "consent", "permission", "optin", "newsletter"),
        "Permission to contact",
        "how many can be written to: a segment may be smaller than it looks",
    ),
    (_has_people, "Who they are", "tone and media: neither age nor income nor household is known"),
    (
        lambda known: known.says("satisfaction", "rating", "nps", "review"),
        "Satisfaction",
        "whom to save first: who is content and who may leave is not known",
    ),
    (
        lambda known: known.says("shop", "branch", "store") and known.says("type", "format", "kind"),
        "Type of store",
        "what to stock where: kinds of store cannot be told apart",
    ),
)
