"""Packing again: fixed dates, no names of people, nested workbooks too, nothing else changed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from segreport.render.repack import repack

CORE = (
    b"<cp:coreProperties><dc:title>Kept</dc:title><dc:creator>Ann</dc:creator>"
    b"<cp:lastModifiedBy>Bob</cp:lastModifiedBy>"
    b'<cp:revision>7</cp:revision><dcterms:created xsi:type="x">2026-01-02T03:04:05Z</dcterms:created>'
    b"</cp:coreProperties>"
)


def packed(parts: dict[str, bytes], year: int) -> bytes:
    """A zip of the parts, written in some year."""
    file = BytesIO()
    with ZipFile(file, "w") as package:
        for name, data in parts.items():
            package.writestr(ZipInfo(name, (year, 5, 6, 7, 8, 10)), data)
    return file.getvalue()


def office(year: int) -> bytes:
    """A document with a workbook inside."""
    inner = packed({"xl/a.xml": b"<a/>", "docProps/core.xml": CORE}, year)
    return packed({"[Content_Types].xml": b"<t/>", "docProps/core.xml": CORE, "ppt/embeddings/b.xlsx": inner}, year)


def test_two_packings_of_other_days_are_equal_to_the_byte(tmp_path: Path) -> None:
    for year in (2001, 2026):
        repack(office(year), tmp_path / f"{year}.pptx")
    assert (tmp_path / "2001.pptx").read_bytes() == (tmp_path / "2026.pptx").read_bytes()


def test_names_and_dates_go_and_the_title_stays(tmp_path: Path) -> None:
    repack(office(2026), tmp_path / "out.pptx")
    with ZipFile(tmp_path / "out.pptx") as package:
        assert package.namelist() == ["[Content_Types].xml", "docProps/core.xml", "ppt/embeddings/b.xlsx"]
        core = package.read("docProps/core.xml")
    assert b"Kept" in core
    assert b"1980-01-01T00:00:00Z" in core
    for gone in (b"Ann", b"Bob", b"revision", b"2026"):
        assert gone not in core


def test_a_path_is_packed_as_bytes_are(tmp_path: Path) -> None:
    source = tmp_path / "in.pptx"
    source.write_bytes(office(2026))
    repack(source, tmp_path / "a.pptx")
    repack(source.read_bytes(), tmp_path / "b.pptx")
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()
