"""What a rule looks at: a column, what its name says, and what table it stands in."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.domain import Column, Role, RoleName
from segreport.roles.names import Name, label_of


@dataclass(frozen=True)
class Evidence:
    """A column, its name's words, its label where the source gives one, and whether the table is a log of purchases.

    ``products`` tells whether another column names products.
    """

    column: Column
    name: Name
    label: str
    log: bool
    products: bool = False

    def role(self, role: RoleName, why: str, *, label: str = "", topic: str = "") -> Role:
        """The role, under the label that the source gives, else under the role's own, else under the name in words."""
        return Role(role, why, self.label or label or label_of(self.column.name), topic)


def own_label(role: str, name: Name, topic: str) -> str:
    """How columns of a role are called whatever their name is, or nothing."""
    if role in ("spend", "channel"):
        return topic[:1].upper() + topic[1:]
    if role == "response":
        return _campaign(name)
    return {"recency": "Days since last order", "complaint": "Complained", "deals": "With a deal"}.get(role, "")


def _campaign(name: Name) -> str:
    digits = "".join(character for character in "".join(name.words) if character.isdigit())
    if digits:
        return f"Accepted campaign {digits}"
    return "Took the last offer" if name.words == ("response",) else ""
