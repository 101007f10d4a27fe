"""Open a deck that is to be filled, or say why it cannot be: what it really is, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from segreport.errors import TemplateError

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_OLE = b"\xd0\xcf\x11\xe0"
_LIMIT = 1 << 30
_TEMPLATE = b"presentationml.template.main+xml"
_SHOW = b"presentationml.slideshow.main+xml"
_PLAIN = b"presentationml.presentation.main+xml"
_RELATION = re.compile(rb"<Relationship\b[^>]*>")


def open_deck(path: Path) -> Presentation:
    """The presentation; raises TemplateError for anything that is not a .pptx with slides that can be filled."""
    _inspect(path)
    from pptx import Presentation as read

    try:
        deck = read(str(path))
        slides = len(deck.slides)
    except Exception as error:  # the boundary around python-pptx: whatever it trips over, the file is damaged
        raise _damaged(path) from error
    if not slides:
        raise TemplateError(f"{path.name} has no slides", "add slides with tokens such as {{ story.headline }}")
    return deck


def _inspect(path: Path) -> None:
    """Look at the container before any XML of it is parsed."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise TemplateError(f"{path.name}: {error.strerror}", "name a .pptx file that can be read") from error
    if magic == _OLE:
        raise TemplateError(
            f"{path.name} is password-protected, or an old .ppt", "save it in PowerPoint as .pptx without a password"
        )
    try:
        with ZipFile(path) as package:
            _inspect_package(path, package)
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise _damaged(path) from error


def _inspect_package(path: Path, package: ZipFile) -> None:
    if sum(entry.file_size for entry in package.infolist()) > _LIMIT:
        raise TemplateError(f"{path.name} unpacks to more than 1 GB", "compress the pictures in PowerPoint")
    kinds = package.read("[Content_Types].xml")
    if _TEMPLATE in kinds or _SHOW in kinds:
        kind = "a template (.potx)" if _TEMPLATE in kinds else "a slide show (.ppsx)"
        raise TemplateError(f"{path.name} is {kind}", "open it in PowerPoint and save it as .pptx")
    if b"macroEnabled" in kinds or b"vbaProject" in kinds:
        raise TemplateError(f"{path.name} holds macros", "save it as .pptx, without macros")
    if _PLAIN not in kinds:
        raise TemplateError(f"{path.name} is not a PowerPoint presentation", "name a .pptx file")
    for name in package.namelist():
        if name.endswith(".rels"):
            _refuse_links(path, name, package.read(name))


def _refuse_links(path: Path, name: str, relations: bytes) -> None:
    for relation in _RELATION.findall(relations):
        if b'TargetMode="External"' in relation and b"/hyperlink" not in relation:
            part = name.replace("_rels/", "").removesuffix(".rels")
            raise TemplateError(
                f"{path.name}: {part} links to another file", "break the link (File > Info > Edit Links to Files)"
            )


def _damaged(path: Path) -> TemplateError:
    return TemplateError(f"{path.name} cannot be read: it is damaged or no .pptx", "save it again in PowerPoint")
