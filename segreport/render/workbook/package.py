"""The parts of an Office package: opened with care, changed one by one, every other part left byte for byte."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lxml import etree

from segreport.errors import TemplateError

Element = etree._Element

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPES_PART = "[Content_Types].xml"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 300 * 2**20
_MOST_PARTS = 20_000


def q(name: str) -> str:
    """The qualified name of a spreadsheet element."""
    return f"{{{MAIN}}}{name}"


@dataclass(frozen=True)
class Relation:
    """A part's pointer to another: its id, the last word of its type, and the part (or address) it points to."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass
class Package:
    """The parts of a package by name; trees are parsed when asked for and written back only when changed."""

    name: str
    parts: dict[str, bytes]
    streams: dict[str, Callable[[IO[bytes]], None]] = field(default_factory=dict)
    _trees: dict[str, Element] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    def read(self, part: str) -> Element:
        """The part's XML, to be looked at only."""
        if part not in self._trees:
            self._trees[part] = _parse(self.parts[part], self.name, part)
        return self._trees[part]

    def edit(self, part: str) -> Element:
        """The part's XML, to be changed in place."""
        self._changed.add(part)
        return self.read(part)

    def replace(self, part: str, root: Element) -> None:
        """Put new XML in the place of a part."""
        self._trees[part] = root
        self._changed.add(part)
        self.parts.setdefault(part, b"")

    def set_bytes(self, part: str, content: bytes) -> None:
        """Put finished bytes in the place of a part."""
        self.parts[part] = content
        self._trees.pop(part, None)
        self._changed.discard(part)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self.parts

    def relations(self, part: str) -> list[Relation]:
        """Where a part points to; nothing where it has no relations."""
        rels = rels_name(part)
        if rels not in self.parts:
            return []
        return [_relation(part, element) for element in self.read(rels)]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Point a part to another one; returns the new relation's id."""
        rels = rels_name(part)
        if rels not in self.parts:
            self.replace(rels, etree.fromstring(f'<Relationships xmlns="{PACKAGE_REL}"/>'))
        root = self.edit(rels)
        used = {element.get("Id") for element in root}
        number = next(n for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        etree.SubElement(
            root, f"{{{PACKAGE_REL}}}Relationship", Id=f"rId{number}", Type=f"{REL}/{kind}", Target=f"/{target}"
        )
        return f"rId{number}"

    def unrelate(self, part: str, relation: str) -> None:
        """Drop one pointer of a part."""
        root = self.edit(rels_name(part))
        for element in [e for e in root if e.get("Id") == relation]:
            root.remove(element)

    def retarget(self, part: str, relation: str, target: str) -> None:
        """Point one relation of a part to another target."""
        for element in self.edit(rels_name(part)):
            if element.get("Id") == relation:
                element.set("Target", f"/{target}")

    def add(self, part: str, root: Element, content_type: str) -> None:
        """A new part with its content type."""
        self.replace(part, root)
        self._declare(part, content_type)

    def copy(self, part: str) -> str:
        """A copy of a part under a new name, with a copy of its relations; returns that name."""
        new = self.free_name(part)
        self.parts[new] = self.content(part)
        self._declare(new, self.content_type(part))
        if rels_name(part) in self.parts:
            root = _parse(self.content(rels_name(part)), self.name, rels_name(part))
            for element in root:
                if element.get("TargetMode") != "External":
                    element.set("Target", "/" + _resolve(part, element.get("Target", "")))
            self.replace(rels_name(new), root)
        return new

    def remove(self, part: str) -> None:
        """Drop a part, its relations and its content type."""
        for name in (part, rels_name(part)):
            self.parts.pop(name, None)
            self._trees.pop(name, None)
            self._changed.discard(name)
            self.streams.pop(name, None)
        for element in list(self.edit(TYPES_PART)):
            if element.get("PartName") == f"/{part}":
                self.edit(TYPES_PART).remove(element)

    def free_name(self, part: str) -> str:
        """A name that no part has yet, with the same stem and a number."""
        stem, ending = part.rsplit(".", 1)
        stem = re.sub(r"\d+$", "", stem)
        taken = {name.lower() for name in self.parts}
        return next(name for n in range(1, len(taken) + 2) if (name := f"{stem}{n}.{ending}").lower() not in taken)

    def content_type(self, part: str) -> str:
        """The content type of a part, by its name or by its ending."""
        ending = part.rsplit(".", 1)[-1].lower()
        fallback = ""
        for element in self.read(TYPES_PART):
            if element.get("PartName") == f"/{part}":
                return element.get("ContentType", "")
            if element.get("Extension", "").lower() == ending:
                fallback = element.get("ContentType", "")
        return fallback

    def content(self, part: str) -> bytes:
        """The bytes of a part as they would be written now."""
        if part in self._changed:
            return etree.tostring(self._trees[part], xml_declaration=True, encoding="UTF-8", standalone=True)
        return self.parts[part]

    def write(self, stream: IO[bytes]) -> None:
        """The whole package, the same bytes for the same content."""
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for part in self._order():
                if part in self.streams:
                    # Opened by its name, the entry has the zip epoch as its date and the level set here.
                    archive.compresslevel = 1
                    with archive.open(part, "w", force_zip64=True) as member:
                        self.streams[part](member)
                else:
                    archive.writestr(zip_info(part), self.content(part))

    def _order(self) -> Iterator[str]:
        """The content types first, as readers like them; the rest in the order of the template."""
        yield TYPES_PART
        yield from (part for part in self.parts if part != TYPES_PART)

    def _declare(self, part: str, content_type: str) -> None:
        root = self.edit(TYPES_PART)
        etree.SubElement(root, f"{{{TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)


def zip_info(part: str) -> zipfile.ZipInfo:
    """A zip entry without a clock and without a system's file rights."""
    info = zipfile.ZipInfo(part, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    info.external_attr = 0
    return info


def rels_name(part: str) -> str:
    """The name of the part that holds a part's relations."""
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def open_package(path: Path) -> Package:
    """The workbook's parts; raises TemplateError with the remedy for a file that cannot be filled safely."""
    try:
        with path.open("rb") as stream:
            _refuse_other_kinds(path, stream.read(8))
            package = Package(path.name, _read_parts(path))
    except OSError as error:
        raise TemplateError(f"{path.name}: {error.strerror}", "name a workbook that can be read") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise TemplateError(
            f"{path.name}: the file is damaged ({error})", "open it in Excel, let Excel repair it, and save it again"
        ) from error
    _refuse_unsafe(package)
    return package


def workbook_part(package: Package) -> str:
    """The name of the part that lists the sheets."""
    for relation in package.relations(""):
        if relation.kind == "officeDocument" and package.has(relation.target):
            return relation.target
    raise TemplateError(f"{package.name}: the file holds no workbook", "save it in Excel as .xlsx")


def _refuse_other_kinds(path: Path, magic: bytes) -> None:
    if path.suffix.lower() in (".xlsm", ".xltm", ".xlam"):
        raise TemplateError(f"{path.name}: workbooks with macros are not filled", "save it in Excel as .xlsx")
    if magic == _OLE:
        raise TemplateError(
            f"{path.name}: the file is password-protected or an old .xls",
            "remove the password (File, Info, Protect Workbook) and save it as .xlsx",
        )
    if not magic.startswith(b"PK"):
        raise TemplateError(f"{path.name}: the file is not an Excel workbook", "save it in Excel as .xlsx")


def _read_parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST:
            raise TemplateError(f"{path.name}: the file unpacks to more than 300 MB", "use a smaller template")
        return {entry.filename: archive.read(entry) for entry in entries}


def _refuse_unsafe(package: Package) -> None:
    if not {TYPES_PART, "_rels/.rels"} <= package.parts.keys():
        raise TemplateError(f"{package.name}: the file is not an Excel workbook", "save it in Excel as .xlsx")
    for part in package.parts:
        if part.lower().endswith("vbaproject.bin"):
            raise TemplateError(f"{package.name}: workbooks with macros are not filled", "save it in Excel as .xlsx")
        if "/externallinks/" in part.lower():
            raise TemplateError(
                f"{package.name}: the workbook has links to other workbooks",
                "break them in Excel (Data, Edit Links, Break Link) and save it",
            )
    kind = package.content_type(workbook_part(package))
    if kind != WORKBOOK_TYPE:
        raise TemplateError(
            f"{package.name}: the file is not a plain workbook ({kind.rpartition('.')[2] or 'unknown kind'})",
            "save it in Excel as Excel Workbook (.xlsx)",
        )


def _parse(content: bytes, file: str, part: str) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateError(
            f"{file}: the part {part} is damaged ({error.msg})",
            "open it in Excel, let Excel repair it, and save it again",
        ) from error
    if b"<!DOCTYPE" in content[:4096]:
        raise TemplateError(f"{file}: the part {part} declares entities", "save the workbook again in Excel")
    return root


def _relation(part: str, element: Element) -> Relation:
    target, external = element.get("Target", ""), element.get("TargetMode") == "External"
    kind = element.get("Type", "").rpartition("/")[2]
    return Relation(element.get("Id", ""), kind, target if external else _resolve(part, target), external)


def _resolve(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
