"""Rules for columns of trade: what was bought, for how much, how often, through which channel, how long ago."""

from __future__ import annotations

from collections.abc import Iterator

from segreport.domain import Role
from segreport.roles.evidence import Evidence, own_label
from segreport.roles.keys import FIRST_ORDER, is_invoice
from segreport.roles.values import count_in_words, figure, is_binary, is_code, is_whole, values_in_words

_NOT_ORDERS = ("money", "worth", "statistic", "last", "days", "year", "other_money", "price")
_MOST_ORDERS = 100
"""Means of orders hardly come to this."""


def by_behaviour(e: Evidence) -> Iterator[Role]:
    """The roles of what a customer did, in a table with a row for each."""
    has, binary = e.name.has_any, is_binary(e.column)
    if has("recency") or (e.name.has("days") and has("since", "last") and not has("joining", "birth")):
        yield e.role("recency", "named as days since the last order", label=own_label("recency", e.name, ""))
    if has("visit"):
        yield e.role("visits", "named as visits")
    if has("deal") and not has("money", "worth", "statistic") and (not binary or has("order", "count", "number")):
        yield e.role("deals", "named as purchases with a deal", label=own_label("deals", e.name, ""))
    yield from _by_channel(e)
    if not binary:
        yield from _by_money(e)
    if is_whole(e.column) and has("order", "frequency") and not has(*_NOT_ORDERS) and not (binary and has("flag")):
        yield e.role("orders", f"named as a number of orders, up to {figure(e.column.high)}")


def by_purchase(e: Evidence) -> Iterator[Role]:
    """The roles of the columns of a log, with a row for every purchase or every line of one."""
    if is_invoice(e.name, e.column):
        yield e.role("invoice", f"named as the number of an invoice: {count_in_words(e.column)} different ones")
    if e.column.kind == "number" and not is_binary(e.column):
        yield from _figures_of_a_purchase(e)
    if not is_code(e.column) or e.name.has_any("customer", "person", "money", "price", "outlet"):
        return
    if e.name.has("category") or (e.name.has("product") and e.name.has_any("kind")):
        yield e.role("product-category", f"named as a category of products: {values_in_words(e.column)}")
    elif e.name.has("product"):
        yield e.role("product", f"named as the product: {count_in_words(e.column)} different ones")
    elif e.name.has("description") and e.column.kind == "text" and not e.products:
        yield e.role("product", f"describes what was bought: {count_in_words(e.column)} different ones")


def _figures_of_a_purchase(e: Evidence) -> Iterator[Role]:
    has = e.name.has_any
    if has("statistic", "other_money"):
        return
    counted = e.name.counts and (e.column.low or 0) < FIRST_ORDER
    if (has("quantity") or counted) and not has("money", "price", "customer"):
        yield e.role("quantity", "named as a quantity, in a log of purchases")
    elif has("price") and not has("total"):
        yield e.role("unit-price", "named as a price, in a log of purchases")
    elif has("money", "price", "total") or (has("worth") and has("currency", "order", "invoice")):
        yield e.role("amount", "named as an amount of money, in a log of purchases")


def _by_channel(e: Evidence) -> Iterator[Role]:
    if is_whole(e.column) and e.name.has("order", "outlet") and not e.name.has_any(*_NOT_ORDERS):
        topic = e.name.topic
        label = own_label("channel", e.name, topic)
        yield e.role("channel", f"purchases through one channel: {topic}", label=label, topic=topic)


def _by_money(e: Evidence) -> Iterator[Role]:
    has = e.name.has_any
    worth = has("worth") and has("customer", "order", "total", "currency", "lifetime")
    if has("score", "last", "statistic", "other_money", "price"):
        return
    if not (has("money", "lifetime") or worth or _is_money_of_orders(e)):
        return
    topic = "" if has("lifetime") or worth else e.name.topic
    if topic:
        why = f"money spent on one product: {topic}"
        yield e.role("spend", why, label=own_label("spend", e.name, topic), topic=topic)
    else:
        yield e.role("value", "named as the money that a customer spent")


def _is_money_of_orders(e: Evidence) -> bool:
    """Purchases in amounts that are not whole are not counted, but paid."""
    paid = e.name.has("order") and not e.name.has_any("frequency", *_NOT_ORDERS)
    return paid and not e.column.whole and (e.column.high or 0) >= _MOST_ORDERS
