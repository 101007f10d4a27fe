"""Files that hold no table segreport reads: how each is known by its first bytes, and what to do instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 4096
"""How many first bytes a file is recognised by."""


@dataclass(frozen=True)
class Foreign:
    """What a file truly is, and the remedy."""

    what: str
    hint: str


_TABLE = "export the table as CSV, Excel, Parquet or .sav"
_UNPACK = "unpack it, and name the file in it"
_PROGRAM = Foreign("a program", "name the file that holds the table")
_PICKLE = Foreign(
    "a Python pickle, which is never opened, as opening one runs whatever it holds",
    "write the table with to_csv or to_parquet instead",
)
_IMAGE = Foreign("a picture", "name the file that holds the table the picture shows")
_HTML = Foreign(
    "an HTML page, as a login page or an Excel export in disguise",
    "open it in Excel and save it as .xlsx, or sign in and export the table again",
)
_STATA = Foreign("a Stata file", "export it from Stata as CSV")
_R = Foreign("a file of R objects", "write the table with write.csv in R")
_ACCESS = Foreign("a Microsoft Access database", "export the table from Access as an Excel workbook")
_ARROW = Foreign("an Arrow file, also called Feather", "write the table as Parquet")
_PARQUET_LOCKED = Foreign("an encrypted Parquet file", "write it without encryption")
_OLD_EXCEL = Foreign("an Excel file from before 1997", "open it in Excel and save it as .xlsx")
_HDF5 = Foreign("an HDF5 file", "write the table as Parquet or CSV")

_SIGNATURES: tuple[tuple[int, bytes, Foreign], ...] = (
    (0, b"%PDF", Foreign("a PDF", "ask for the table it was printed from, as CSV or Excel")),
    (0, b"\x89PNG\r\n", _IMAGE),
    (0, b"\xff\xd8\xff", _IMAGE),
    (0, b"GIF8", _IMAGE),
    (0, b"II*\x00", _IMAGE),
    (0, b"MM\x00*", _IMAGE),
    (8, b"WEBPVP8", _IMAGE),
    (0, b"Rar!\x1a\x07", Foreign("a RAR archive", _UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Foreign("a 7z archive", _UNPACK)),
    (0, b"\xfd7zXZ\x00", Foreign("a file compressed with xz", _UNPACK)),
    (0, b"\x28\xb5\x2f\xfd", Foreign("a file compressed with zstd", _UNPACK)),
    (0, b"\x04\x22\x4d\x18", Foreign("a file compressed with lz4", _UNPACK)),
    (0, b"LZIP\x01", Foreign("a file compressed with lzip", _UNPACK)),
    (0, b"\x1f\x9d", Foreign("a file compressed with compress", _UNPACK)),
    (0, b"MSCF\x00\x00\x00\x00", Foreign("a Windows cabinet archive", _UNPACK)),
    (257, b"ustar", Foreign("a tar archive", _UNPACK)),
    (
        12,
        b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c",
        Foreign("a SAS data set (.sas7bdat)", "export it from SAS as CSV"),
    ),
    (0, b"HEADER RECORD*******LIB", Foreign("a SAS transport file (.xpt)", "export it from SAS as CSV")),
    (0, b"<stata_dta>", _STATA),
    *((0, bytes([release, order, 1, 0]), _STATA) for release in (0x6E, 0x6F, 0x71, 0x72, 0x73) for order in (1, 2)),
    (0, b"RDX2\n", _R),
    (0, b"RDX3\n", _R),
    (0, b"RDA2\n", _R),
    (0, b"RDA3\n", _R),
    (0, b"X\n\x00\x00\x00", _R),
    (0, b"PARE", _PARQUET_LOCKED),
    (0, b"ARROW1\0\0", _ARROW),
    (0, b"FEA1", _ARROW),
    (0, b"\x89HDF\r\n\x1a\n", _HDF5),
    (0, b"Obj\x01", Foreign("an Avro file", "write the table as Parquet or CSV")),
    (0, b"ORC\x08", Foreign("an ORC file", "write the table as Parquet or CSV")),
    (0, b"\x93NUMPY", Foreign("a NumPy array", "write it as CSV or Parquet, with names for its columns")),
    (4, b"Standard Jet DB", _ACCESS),
    (4, b"Standard ACE DB", _ACCESS),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"MZ\x90\x00", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
    (0, b"\x09\x04\x06\x00", _OLD_EXCEL),
    (0, b"\x09\x02\x06\x00", _OLD_EXCEL),
    (0, b"!BDN", Foreign("an Outlook data file", _TABLE)),
    (0, b"\x00\x05\x16\x07", Foreign("what macOS keeps beside a file", "name the file without the leading ._")),
    (0, b"PGDMP", Foreign("a dump of a PostgreSQL database", "restore it, and read the table from the database")),
    (0, b"{\\rtf", Foreign("a rich text document", _TABLE)),
)

_HEADS: tuple[tuple[re.Pattern[bytes], Foreign], ...] = (
    (re.compile(rb"\x80[\x02-\x05]"), _PICKLE),
    (re.compile(rb"\([dl]p\d+\n|[\]}]q\x00|c[\w.]+\n[\w.]+\n(?:p\d+\n|q\x00|\()"), _PICKLE),
    (re.compile(rb"BZh[1-9]1AY&SY"), Foreign("a file compressed with bzip2", _UNPACK)),
)

_TEXTS: tuple[tuple[re.Pattern[bytes], Foreign], ...] = (
    (
        re.compile(rb"<\?xml.{0,400}(?:mso-application|schemas-microsoft-com:office:spreadsheet)", re.S),
        Foreign("an Excel sheet saved as XML", "open it in Excel and save it as .xlsx"),
    ),
    (re.compile(rb"(?:<\?xml.{0,200}|<!--.{0,400})?(?:<!doctype html|<html)[\s>]", re.S), _HTML),
    (re.compile(rb"<(?:head|body|table|meta|style|script|center|frameset)[\s>/]"), _HTML),
    (re.compile(rb"<\?xml|<!doctype|<!--"), Foreign("an XML document", _TABLE)),
    (re.compile(rb"mime-version:|content-type: *multipart"), Foreign("a web page or mail saved as one file", _TABLE)),
    (
        re.compile(rb"\{\s*[\"}]|\[\s*(?:[\[{\"\-\d]|true|false|null|\]\s*$)"),
        Foreign("JSON, not a table", "write the records as CSV or Parquet, one row each"),
    ),
    (
        re.compile(rb"(?:--\s*)+(?:mysql|mariadb|postgresql|sqlite)[^\n]*dump"),
        Foreign("a dump of a database", "restore it, and read the table from the database"),
    ),
    (
        re.compile(rb"version https://git-lfs"),
        Foreign("a pointer to a file that Git LFS keeps elsewhere", "fetch the data with: git lfs pull"),
    ),
)


def foreign(head: bytes) -> Foreign | None:
    """What the first bytes say the file is, where that is nothing to be read; None for all else."""
    for place, mark, kind in _SIGNATURES:
        if head.startswith(mark, place):
            return kind
    for pattern, kind in _HEADS:
        if pattern.match(head):
            return kind
    if b"SPSS PORT FILE" in head[:256]:
        return Foreign("an SPSS portable file (.por)", "save it from SPSS as .sav")
    if _is_dbase(head):
        return Foreign("a dBase file", "open it in Excel or LibreOffice, and save it as .xlsx")
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return next((kind for pattern, kind in _TEXTS if pattern.match(text.lstrip().lower())), None)


def _is_dbase(head: bytes) -> bool:
    """A version, a date, and a header of so many entries of 32 bytes: dBase has no other mark."""
    if len(head) < 32 or head[0] not in (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    length = int.from_bytes(head[8:10], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and length % 32 in (1, 8) and head[10:12] != b"\0\0"
