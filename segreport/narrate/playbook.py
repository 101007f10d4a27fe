"""The playbook: rules in TOML that turn traits into advice, each with the figures that say why."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from segreport.domain import NEVER_MEASURED, Fact, Profile, Recommendation, RoleName
from segreport.errors import TemplateError
from segreport.narrate.facts import FactBook
from segreport.narrate.say import lower_first
from segreport.narrate.traits import Reading
from segreport.tomlfile import WrongValue, read_model

MOST = 4
HIGH, MEDIUM = 0.8, 0.5
CONFIDENCE = {"stable": 1.0, "pattern": 0.7, "unstable": 0.4, "tiny": 0.6}
_SLOT = re.compile(r"\{([^{}]*)\}")
_TOPIC = re.compile(r"\[([^\[\]]+)\]")
_ROLE_OF = {"product": "spend"}
_ROLES: tuple[str, ...] = tuple(role for role in get_args(RoleName) if role not in NEVER_MEASURED)
_LEVELS = ("value:top", "value:middle", "value:low")
_KINDS = (*_LEVELS, *(f"{role}:{side}" for role in _ROLES if role != "value" for side in ("high", "low")))
_WORDS = ("short", "worth", "reliable", "size", "share", "jaccard")
_VALUE_TAILS = ("mean", "all", "top", "total", "share", "ratio", "times")
_TAILS = ("mean", "all", "label", "median", "sd", "z", "index", "ratio", "times")


class Rule(BaseModel):
    """One rule of a playbook."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    when: tuple[str, ...]
    unless: tuple[str, ...] = ()
    stability: tuple[Literal["stable", "pattern", "unstable", "tiny"], ...] = ("stable", "pattern")
    needs: tuple[str, ...] = ()
    action: str
    because: str
    watch: str
    mind: str = ""
    weight: float = 0.5

    @field_validator("when", "unless")
    @classmethod
    def _know_traits(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        for kind in kinds:
            _check_kind(kind)
        return kinds

    @field_validator("needs")
    @classmethod
    def _know_needs(cls, slots: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for slot in slots:
            _check_slot(slot, _topics(info))
        return slots

    @field_validator("action", "because", "watch", "mind")
    @classmethod
    def _know_slots(cls, text: str, info: ValidationInfo) -> str:
        if re.search(r"[{}]", _SLOT.sub("", text)):
            raise WrongValue("a brace has no partner", f"write a figure as {{value.mean}}; found {text!r}")
        for slot in _SLOT.findall(text):
            _check_slot(slot, _topics(info))
        return text


class Playbook(BaseModel):
    """The rules, in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: tuple[Rule, ...]


def load_playbook(path: Path) -> Playbook:
    """The rules of the file; raises TemplateError that names the line and the key."""
    return read_model(path, Playbook, TemplateError)


def _topics(info: ValidationInfo) -> list[str]:
    """The products and channels that ``when`` asks for by name; figures may be named after them."""
    return [topic for kind in info.data.get("when", ()) for topic in _TOPIC.findall(kind)]


def _check_kind(kind: str) -> None:
    """Refuse what is neither ``<role>:high|low``, ``<role>[<topic>]:high|low`` nor ``value:top|middle|low``."""
    topic = match.group() if (match := _TOPIC.search(kind)) else ""
    plain = kind.replace(topic, "", 1)
    own = _KINDS if not topic else [known for known in _KINDS if known not in _LEVELS]
    if plain in own and kind == _with_topic(plain, topic):
        return
    role, _, side = plain.partition(":")
    plain = f"{_ROLE_OF.get(role, role)}:{side}"
    same = [known for known in own if known.partition(":")[0] == _ROLE_OF.get(role, role)]
    near = _nearest(plain, same or own, 0.0 if same else 0.6)
    hint = f"did you mean {_with_topic(near, topic)}?" if near else f"write <role>:high, <role>:low or {_LEVELS[0]}"
    raise WrongValue(f"there is no trait {kind!r}", hint)


def _with_topic(plain: str, topic: str) -> str:
    return plain.replace(":", f"{topic}:", 1)


def _check_slot(slot: str, topics: Collection[str]) -> None:
    """Refuse what no segment can ever fill."""
    head, dot, tail = slot.partition(".")
    heads = (*_ROLES, *_ROLE_OF, *topics)
    if slot in _WORDS:
        return
    if head in heads:
        tails = _VALUE_TAILS if head == "value" else _TAILS
        if tail in tails or (not dot and head != "value"):
            return
        near = _nearest(tail, tails, 0.0)
        raise WrongValue(f"there is no figure {slot!r}", f"did you mean {head}.{near}?")
    near = _nearest(head, heads if dot else (*heads, *_WORDS), 0.65)
    meant = f"{near}.{tail}" if dot else near
    hint = f"did you mean {meant}?" if near else "a product or channel must stand in when, as channel[catalogue]:high"
    raise WrongValue(f"there is no figure {slot!r}", hint)


def _nearest(name: str, known: Collection[str], cutoff: float) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=cutoff)), "")


def advise(
    playbook: Playbook, profile: Profile, reading: Reading, book: FactBook, short: str
) -> tuple[Recommendation, ...]:
    """At most four recommendations for the segment, the weightiest first; a rule without its figures is not used."""
    slots = _Slots(profile, reading, book, short)
    found = [advice for rule in playbook.rule if _fires(rule, reading) and (advice := _advice(rule, reading, slots))]
    found.sort(key=lambda advice: -advice.priority)
    return tuple(found[:MOST])


def rank(advice: float, best: float) -> Literal["high", "medium", "low"]:
    """High, medium or low beside the best advice of the report."""
    share = advice / best if best else 0.0
    return "high" if share >= HIGH else "medium" if share >= MEDIUM else "low"


def _fires(rule: Rule, reading: Reading) -> bool:
    if reading.segment.stability not in rule.stability:
        return False
    return all(reading.has(kind) for kind in rule.when) and not any(reading.has(kind) for kind in rule.unless)


def _advice(rule: Rule, reading: Reading, slots: _Slots) -> Recommendation | None:
    if any(slots.find(name) is None for name in rule.needs):
        return None
    texts = {key: slots.fill(getattr(rule, key)) for key in ("action", "because", "watch", "mind")}
    if any(text is None for text in texts.values()):
        return None
    segment = reading.segment
    weight = (segment.share + (segment.value_share if segment.value_share is not None else segment.share)) / 2
    priority = rule.weight * weight * CONFIDENCE[segment.stability]
    return Recommendation(
        rule=rule.id,
        action=_sentence_case(texts["action"] or ""),
        because=_sentence_case(texts["because"] or ""),
        evidence=slots.evidence(rule.because),
        kpi=texts["watch"] or "",
        caution=texts["mind"] or "",
        priority=priority,
    )


class _Slots:
    """What the braces of a rule stand for, for one segment."""

    def __init__(self, profile: Profile, reading: Reading, book: FactBook, short: str) -> None:
        self.profile, self.reading, self.book, self.short = profile, reading, book, short
        self.prefix = f"segment.{reading.segment.id}."

    def fill(self, text: str) -> str | None:
        """The text with every slot filled, or None where one has no figure."""
        found = {slot: self.find(slot) for slot in _SLOT.findall(text)}
        if any(value is None for value in found.values()):
            return None
        return _SLOT.sub(lambda match: str(found[match.group(1)]), text)

    def evidence(self, text: str) -> tuple[str, ...]:
        """The ids of the facts that the text states."""
        found = (self.find(slot) for slot in _SLOT.findall(text))
        return tuple(fact.id for fact in found if isinstance(fact, Fact))

    def find(self, slot: str) -> Fact | str | None:
        """The fact or word of a slot."""
        if slot == "short":
            return self.short
        if slot == "worth":
            return next((lower_first(m.label) for m in self.profile.measures if m.column == self.profile.value), None)
        if slot == "reliable":
            return self.book.formats.number(0.6, 2)
        if slot in ("size", "share", "jaccard"):
            return self.book.get(self.prefix + slot)
        head, _, tail = slot.partition(".")
        if head == "value":
            return self._value(tail)
        return self._trait(head, tail)

    def _value(self, tail: str) -> Fact | None:
        if tail == "all":
            return self.book.get("all.value.mean")
        if tail == "top":
            top = max(self.profile.segments, key=lambda s: ((s.value or 0.0) / s.size, -s.id))
            return None if top.id == self.reading.segment.id else self.book.get(f"segment.{top.id}.value.mean")
        return self.book.get(f"{self.prefix}value.{tail}")

    def _trait(self, head: str, tail: str) -> Fact | str | None:
        """A slot such as ``channel.mean``: the strongest high trait of the role (else the low one), or of the topic."""
        role = _ROLE_OF.get(head, head)
        found = self.reading.first(f"{role}:high") or self.reading.first(f"{role}:low")
        trait = found or next((t for t in self.reading.traits if t.topic == head), None)
        if trait is None:
            return None
        measure = next(m for m in self.profile.measures if m.column == trait.column)
        match tail:
            case "":
                return trait.topic or measure.label.lower()
            case "label":
                return measure.label
            case "all":
                return self.book.get(f"all.{trait.column}.mean")
            case _:
                return self.book.get(f"{self.prefix}{trait.column}.{tail}")


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
