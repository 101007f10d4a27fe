"""Repeat, keep or drop slides as the tags in their notes say; every copy of a slide has charts of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import nodes
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.parts.chart import ChartPart
from pptx.presentation import Presentation
from pptx.slide import Slide

from segreport.render.deck.filling import Filling
from segreport.render.deck.tags import Run, closing, is_only_tags, outer_block, strip_tag, unclosed, unwrapped
from segreport.render.deck.text import read_paragraphs, replace_paragraphs
from segreport.render.deck.xml import P14, A, Element, P, R, copy_of, remove
from segreport.render.fill import Environment
from segreport.render.views import View

_LOOP = ("index", "index0", "revindex", "first", "last", "length")
_NUMBER = re.compile(r"\d*(\.\w+)$")
_OWN = (RT.SLIDE_LAYOUT, RT.NOTES_SLIDE, RT.COMMENTS)


@dataclass(frozen=True)
class Page:
    """A slide of the finished deck with the names it sees; ``number`` is its template's, for messages."""

    slide: Slide
    filling: Filling
    number: int


def expand_slides(deck: Presentation, filling: Filling) -> list[Page]:
    """The slides of the finished deck: copies stand after their template, slides that are not wanted are gone."""
    return [
        page
        for number, slide in enumerate(list(deck.slides), 1)
        for page in _expand(deck, slide, number, filling.at(f"slide {number}"))
    ]


def slide_tags(slide: Slide) -> list[str]:
    """The tags in the slide's notes that repeat or drop it, outermost first."""
    body = notes_body(slide)
    if body is None:
        return []
    text = "\n".join(p.text for p in read_paragraphs(body))
    wrapped = outer_block(text)
    return [wrapped[0]] if wrapped else unclosed(text)


def notes_body(slide: Slide) -> Element | None:
    """The text body of the slide's notes."""
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return frame._txBody if frame is not None else None


def bound_names(environment: Environment, source: str) -> list[str]:
    """The names that the tags of a source bind, ``loop`` among them where there is one."""
    tree = environment.parse(source)
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    return sorted(names | ({"loop"} if tree.find(nodes.For) else set()))


def _expand(deck: Presentation, slide: Slide, number: int, filling: Filling) -> list[Page]:
    tags = slide_tags(slide)
    if not tags:
        return [Page(slide, filling, number)]
    scopes = _scopes(tags, filling.at("notes"))
    _drop_tags(slide)
    if not scopes:
        _drop(deck, slide)
        return []
    slides = [slide]
    for _ in scopes[1:]:
        slides.append(_clone(deck, slide, after=slides[-1]))
    return [
        Page(made, replace(filling, names={**filling.names, **scope}), number)
        for made, scope in zip(slides, scopes, strict=True)
    ]


def _scopes(tags: list[str], filling: Filling) -> list[dict[str, Any]]:
    """The names of every turn of the loops."""
    scopes: list[dict[str, Any]] = []

    def take(names: Mapping[str, Any]) -> str:
        scopes.append({name: _still(name, value) for name, value in names.items()})
        return ""

    source = "".join(tags) + "{}" + closing(tags)
    filling.text(source)
    names = bound_names(filling.environment, source)
    collected = "{{ _take({" + ", ".join(f"'{name}': {name}" for name in names) + "}) }}"
    replace(filling, names={**filling.names, "_take": take}).text(source.replace("{}", collected))
    return scopes


def _still(name: str, value: Any) -> Any:
    """Jinja's loop counter as it stands now; it moves on with the loop."""
    return View(**{key: getattr(value, key) for key in _LOOP}) if name == "loop" else value


def _drop_tags(slide: Slide) -> None:
    """Take the slide's own tags out of its notes, and the paragraphs that held nothing else."""
    body = notes_body(slide)
    if body is None:
        return
    paragraphs = read_paragraphs(body)
    wrapped = outer_block("\n".join(p.text for p in paragraphs))
    if wrapped:
        kept = unwrapped(paragraphs, wrapped)
    else:
        tags_only = {p.index for p in paragraphs if is_only_tags(p.text)}
        for tag in unclosed("\n".join(p.text for p in paragraphs)):
            strip_tag(paragraphs, tag)
        kept = [p for p in paragraphs if p.index not in tags_only or p.text.strip()]
    elements = body.findall(f"{A}p")
    for paragraph in kept:
        _write_runs(elements[paragraph.index], paragraph.runs)
    replace_paragraphs(body, [copy_of(elements[paragraph.index]) for paragraph in kept])


def _write_runs(paragraph: Element, runs: list[Run]) -> None:
    for run in runs:
        words = paragraph[run.index].find(f"{A}t") if not run.fixed else None
        if words is not None:
            words.text = run.text


# ---------------------------------------------------------------- copies


def _clone(deck: Presentation, source: Slide, after: Slide) -> Slide:
    """A copy with the same layout, behind ``after``: pictures are shared, charts and their workbooks are copied."""
    clone: Slide = deck.slides.add_slide(source.slide_layout)
    _move_behind(deck, clone, after)
    tree, pattern = clone.shapes._spTree, source.shapes._spTree
    for shape in list(tree)[2:]:
        tree.remove(shape)
    for shape in list(pattern)[2:]:
        tree.append(copy_of(shape))
    _copy_extras(source._element, clone._element)
    _remap(clone._element, _copy_relations(source.part, clone.part))
    if source.has_notes_slide:
        _copy_notes(source, clone)
    return clone


def _copy_extras(source: Element, clone: Element) -> None:
    """The background, the transition and the animations, and whether the slide is hidden."""
    background = source.find(f"{P}cSld/{P}bg")
    inner = clone.find(f"{P}cSld")
    if background is not None and inner is not None:
        inner.insert(0, copy_of(background))
    for item in list(clone)[1:]:
        clone.remove(item)
    clone.extend(copy_of(item) for item in list(source)[1:])
    for name, value in source.attrib.items():
        clone.set(name, value)


def _copy_relations(source: Part, target: Part) -> dict[str, str]:
    """From the source's relation ids to those of the target."""
    ids = {}
    for old, relation in source.rels.items():
        if relation.reltype in _OWN:
            continue
        if relation.is_external:
            ids[old] = target.relate_to(relation.target_ref, relation.reltype, is_external=True)
        else:
            part = relation.target_part
            copied = _copy_part(part) if _is_owned(source, part) else part
            ids[old] = target.relate_to(copied, relation.reltype)
    return ids


def _is_owned(source: Part, part: Part) -> bool:
    """Whether a part belongs to its owner alone: charts, and whatever a chart has."""
    return isinstance(part, ChartPart) or (isinstance(source, ChartPart) and not part.partname.startswith("/ppt/media"))


def _copy_part(part: Part) -> Part:
    name = part.package.next_partname(_NUMBER.sub(r"%d\1", part.partname))
    copied = type(part).load(PackURI(name), part.content_type, part.package, part.blob)
    ids = _copy_relations(part, copied)
    if isinstance(copied, ChartPart):
        _remap(copied._element, ids)
    return copied


def _remap(root: Element, ids: Mapping[str, str]) -> None:
    for element in root.iter():
        for name, value in element.attrib.items():
            if str(name).startswith(R) and value in ids:
                element.set(name, ids[str(value)])


def _copy_notes(source: Slide, clone: Slide) -> None:
    old, new = notes_body(source), None
    frame = clone.notes_slide.notes_text_frame
    new = frame._txBody if frame is not None else None
    if old is not None and new is not None:
        for item in list(new):
            new.remove(item)
        new.extend(copy_of(item) for item in old)


# ---------------------------------------------------------------- the list of slides


def _move_behind(deck: Presentation, slide: Slide, after: Slide) -> None:
    """The slide's entry in the list, and in the section its template is in, behind that of the other."""
    entries = {entry.rId: entry for entry in deck.slides._sldIdLst}
    mine = entries[_relation_id(deck, slide)]
    other = entries[_relation_id(deck, after)]
    other.addnext(mine)
    for entry in deck.part._element.iter(f"{P14}sldId"):
        if entry.get("id") == other.get("id"):
            listed = copy_of(entry)
            listed.set("id", str(mine.get("id")))
            entry.addnext(listed)
            return


def _drop(deck: Presentation, slide: Slide) -> None:
    identity = _relation_id(deck, slide)
    for entry in list(deck.slides._sldIdLst):
        if entry.rId == identity:
            number = entry.get("id")
            remove(entry)
            for listed in list(deck.part._element.iter(f"{P14}sldId")):
                if listed.get("id") == number:
                    remove(listed)
    deck.part.drop_rel(identity)


def _relation_id(deck: Presentation, slide: Slide) -> str:
    return str(deck.part.relate_to(slide.part, RT.SLIDE))
