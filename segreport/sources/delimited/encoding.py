"""How the bytes of a text are decoded: judged by all of them, and said where it was not certain."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segreport.errors import InputError

_CHUNK = 1 << 20
_BOMS = (  # the marks of UTF-32 begin with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
"""Control characters that no text holds; U+0085 ends a line on some machines."""

_OLDER = ("cp1252", "cp1250", "mac-roman")
_FAULT = re.compile(
    "[£¤¥¦§©¬±²³¹»¿¡¢«¼½¾×÷†‡‰](?=[a-zß-öø-ÿ])"
    "|(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞŠŽŸŒ\ufffd\x80-\x9f¡¢£¤¥§¿†‡‰‹›ˆ¸˜˚˙¯˘˝ˇ√∞≈∆≤≥∂∑∏π∫Ω◊ﬂﬁ⁄ƒ€„‚…](?=[a-zß-öø-ÿ])"
)
_FAULTS = 0.1
"""Of the characters beyond ASCII, how many may look wrong before another encoding is thought of."""

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_HINT = "name its encoding with --encoding"


@dataclass(frozen=True)
class Encoding:
    """A codec, what it is called in print, and whether bytes that it cannot decode are shown as U+FFFD."""

    codec: str
    words: str
    errors: str = "strict"


def find_encoding(path: Path, name: str, asked: str | None) -> Encoding:
    """The encoding in which the whole file is text: the one asked for, or the one that its bytes speak for."""
    if asked:
        return _checked(path, name, asked)
    head = read_head(path)
    bom = next((found for found in _BOMS if head.startswith(found[0])), None)
    if bom and bom[1] != "utf-8-sig":
        return _decoded(path, name, Encoding(bom[1], bom[2]))
    if b"\0" in head:
        return _decoded(path, name, _without_bom(head, name))
    return _utf8_or_older(path, name, bom is not None)


def utf8_so_far(path: Path, asked: str | None) -> Encoding | None:
    """UTF-8, where nothing but that was asked for and the first bytes are; what follows may still be none."""
    head = read_head(path)
    if (asked or "utf-8").lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig") or b"\0" in head:
        return None
    if head.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8-sig", "utf-8 with BOM")
    return Encoding("utf-8", "utf-8")


def read_head(path: Path, size: int = 1 << 18) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(size)


def _checked(path: Path, name: str, asked: str) -> Encoding:
    try:
        codec = codecs.lookup(asked)
    except (LookupError, ValueError) as error:
        raise InputError(f"unknown encoding {asked!r}", "use a name such as utf-8, cp1252 or utf-16") from error
    if not codec._is_text_encoding:
        raise InputError(f"{asked!r} is no encoding of text", "use a name such as utf-8, cp1252 or utf-16")
    if codec.name == "utf-8" and read_head(path, 3) == codecs.BOM_UTF8:
        return _decoded(path, name, Encoding("utf-8-sig", "utf-8 with BOM"), asked=True)
    return _decoded(path, name, Encoding(codec.name, codec.name), asked=True)


def _without_bom(head: bytes, name: str) -> Encoding:
    """UTF-16 by its NULs, which stand at every second byte where the text is mostly Latin."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 20 * even and "\n" in head.decode("utf-16-le", "replace"):
        return Encoding("utf-16-le", "utf-16 (little-endian), without BOM")
    if even > 20 * odd and "\n" in head.decode("utf-16-be", "replace"):
        return Encoding("utf-16-be", "utf-16 (big-endian), without BOM")
    raise _binary(name)


def _binary(name: str) -> InputError:
    return InputError(f"{name} holds binary data, not text", f"export the table as CSV; if it is text, {_HINT}")


def _decoded(path: Path, name: str, encoding: Encoding, *, asked: bool = False) -> Encoding:
    """The encoding, once all of the file has been decoded with it."""
    lines = 1
    try:
        for text in _texts(path, encoding):
            if "\0" in text:
                raise _binary(name)
            if not asked and not text.isascii() and _CONTROLS.search(text):
                raise _controls(name, lines, text)
            lines += _ends(text)
    except UnicodeDecodeError as error:
        lines += _ends(error.object[: error.start].decode(encoding.codec, "ignore"))
        found = error.object[error.start : error.start + 1].hex()
        cause = f"{name}, line {lines}: the byte 0x{found.upper()} cannot be read as {encoding.words}"
        raise InputError(cause, _HINT) from error
    except UnicodeError as error:
        raise InputError(f"{name} cannot be read as {encoding.words}: {error}", _HINT) from error
    return encoding


def _controls(name: str, lines: int, text: str) -> InputError:
    found = _CONTROLS.search(text)
    place = found.start() if found else 0
    character, line = f"U+{ord(text[place]):04X}", lines + text.count("\n", 0, place)
    return InputError(f"{name}, line {line}: the control character {character}, which no text holds", _HINT)


def _utf8_or_older(path: Path, name: str, bom: bool) -> Encoding:
    """UTF-8 where most of what is not ASCII is valid in it; else cp1252, which knows no sequences."""
    encoding = Encoding("utf-8-sig" if bom else "utf-8", "utf-8 with BOM" if bom else "utf-8", "surrogateescape")
    valid, wrong = 0, 0
    for text in _texts(path, encoding):
        if not text.isascii():
            bad = len(_NOT_UTF8.findall(text))
            wrong += bad
            valid += sum(character > "\x7f" for character in text) - bad if bad else 1
    if not wrong:
        return _decoded(path, name, Encoding(encoding.codec, encoding.words))
    if bom or 4 * valid >= wrong:
        bytes_are = "1 byte that is" if wrong == 1 else f"{wrong:,} bytes that are"
        return _decoded(path, name, Encoding(encoding.codec, f"{encoding.words}, with {bytes_are} not", "replace"))
    codec = _older(read_head(path, _CHUNK))
    return _decoded(path, name, Encoding(codec, codec))


def _older(head: bytes) -> str:
    """The encoding of one byte a character in which words look like words; cp1252 unless another is far better."""
    faults = {codec: _count_faults(head.decode(codec, "replace")) for codec in _OLDER}
    best = min(_OLDER, key=lambda codec: faults[codec])
    beyond_ascii = sum(byte > 0x7F for byte in head)
    return best if faults["cp1252"] > _FAULTS * beyond_ascii and 4 * faults[best] < faults["cp1252"] > 1 else "cp1252"


def _count_faults(text: str) -> int:
    """How often a sign stands in or before a word, or a capital with an accent within one."""
    return len(_FAULT.findall(text))


def _texts(path: Path, encoding: Encoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)(encoding.errors)
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            yield decoder.decode(data)
        yield decoder.decode(b"", final=True)


def _ends(text: str) -> int:
    return text.count("\n") or text.count("\r")
