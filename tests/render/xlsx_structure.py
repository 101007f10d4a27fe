"""What Excel demands of a workbook and repairs otherwise, checked part by part."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
STYLE_LISTS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")
CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")


@dataclass
class Parts:
    """An opened package: bytes by part name."""

    files: dict[str, bytes]

    def tree(self, name: str) -> etree._Element:
        return etree.fromstring(self.files[name])

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id -> (kind, target); external ones are left out."""
        folder, file = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self.files:
            return {}
        found = {}
        for element in self.tree(rels):
            if element.get("TargetMode") == "External":
                continue
            target = element.get("Target")
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            assert element.get("Id") not in found, f"{rels}: two relations {element.get('Id')}"
            found[element.get("Id")] = (element.get("Type").rpartition("/")[2], full)
        return found

    def sheets(self) -> dict[str, str]:
        """Sheet title -> part."""
        targets = self.relations("xl/workbook.xml")
        return {s.get("name"): targets[s.get(f"{REL}id")][1] for s in self.tree("xl/workbook.xml").iter(f"{MAIN}sheet")}


def open_parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names)), "two entries of one name"
        return Parts({name: archive.read(name) for name in names})


def assert_sound(path: Path) -> Parts:
    """Check everything; returns the parts for more."""
    parts = open_parts(path)
    check_package(parts)
    styles = check_styles(parts)
    check_workbook(parts)
    tables: list[tuple[str, str]] = []
    for title, part in parts.sheets().items():
        check_sheet(parts, title, part, styles)
        tables += check_tables(parts, title, part)
        check_drawing(parts, part)
    ids, names = [i for i, _ in tables], [n.casefold() for _, n in tables]
    assert len(ids) == len(set(ids)), f"tables share a number: {tables}"
    assert len(names) == len(set(names)), f"tables share a name: {tables}"
    return parts


def check_package(parts: Parts) -> None:
    types = parts.tree("[Content_Types].xml")
    overrides = [e.get("PartName").lstrip("/") for e in types if e.get("PartName")]
    defaults = {e.get("Extension").lower() for e in types if e.get("Extension")}
    assert len(overrides) == len(set(overrides)), "a part is declared twice"
    assert set(overrides) <= set(parts.files), f"declared but missing: {set(overrides) - set(parts.files)}"
    for name in parts.files:
        if name != "[Content_Types].xml":
            assert name in overrides or name.rpartition(".")[2].lower() in defaults, f"{name} has no content type"
        if name.endswith(".rels"):
            folder, file = posixpath.split(name)
            owner = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
            for kind, target in parts.relations(owner).values():
                assert target in parts.files, f"{name}: {kind} {target} is missing"


def check_styles(parts: Parts) -> int:
    root = parts.tree("xl/styles.xml")
    names = [etree.QName(e).localname for e in root]
    known = [n for n in names if n in STYLE_LISTS]
    assert known == sorted(known, key=STYLE_LISTS.index), f"styles out of order: {names}"
    counts = {}
    for name in STYLE_LISTS:
        element = root.find(f"{MAIN}{name}")
        if element is not None:
            counts[name] = len(element)
            assert element.get("count") in (None, str(len(element))), f"{name} counts {element.get('count')}"
    formats = [int(e.get("numFmtId")) for e in root.iter(f"{MAIN}numFmt")]
    assert len(formats) == len(set(formats)), "two number formats of one number"
    for xf in root.find(f"{MAIN}cellXfs"):
        assert int(xf.get("fontId", 0)) < counts["fonts"]
        assert int(xf.get("fillId", 0)) < counts["fills"]
        assert int(xf.get("borderId", 0)) < counts["borders"]
        number = int(xf.get("numFmtId", 0))
        assert number < 164 or number in formats, f"number format {number} is missing"
    return counts["cellXfs"]


def check_workbook(parts: Parts) -> None:
    root = parts.tree("xl/workbook.xml")
    sheets = list(root.iter(f"{MAIN}sheet"))
    titles = [s.get("name") for s in sheets]
    assert len({t.casefold() for t in titles}) == len(titles), f"titles are not unique: {titles}"
    for title in titles:
        assert 1 <= len(title.encode("utf-16-le")) <= 62, title
        assert not re.search(r"[\[\]:*?/\\]", title), title
        assert not title.startswith("'")
        assert not title.endswith("'")
    for attribute in ("sheetId", f"{REL}id"):
        values = [s.get(attribute) for s in sheets]
        assert len(set(values)) == len(values), f"{attribute}: {values}"
    names = set()
    for name in root.iter(f"{MAIN}definedName"):
        local = name.get("localSheetId")
        assert local is None or int(local) < len(sheets)
        assert (name.get("name"), local) not in names, f"two names {name.get('name')}"
        names.add((name.get("name"), local))
        for title in referenced_sheets(name.text):
            assert title in titles, f"{name.get('name')}: no sheet {title}"
    for view in root.iter(f"{MAIN}workbookView"):
        assert int(view.get("activeTab", 0)) < len(sheets)
    assert root.find(f"{MAIN}calcPr").get("fullCalcOnLoad") == "1"
    assert not any("calcChain" in part for part in parts.files)


def check_sheet(parts: Parts, title: str, part: str, styles: int) -> None:
    root = parts.tree(part)
    order = [ORDER.index(etree.QName(e).localname) for e in root]
    assert order == sorted(order), f"{title}: {[etree.QName(e).localname for e in root]}"
    last = 0
    shared = parts.tree("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in parts.files else []
    for row in root.iter(f"{MAIN}row"):
        number = int(row.get("r"))
        assert number > last, f"{title}: row {number} after {last}"
        last = number
        check_cells(title, row, number, styles, len(shared))
    check_merges(title, root)
    check_rules(title, root)
    relations = parts.relations(part)
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if attribute == f"{REL}id" and not element.tag.endswith("hyperlink"):
                assert value in relations, f"{title}: {element.tag} points to {value}"
    titles = set(parts.sheets())
    for link in root.iter(f"{MAIN}hyperlink"):
        if "!" in link.get("location", ""):
            assert referenced_sheets(link.get("location")) <= titles, link.get("location")
    for element in root.find(f"{MAIN}headerFooter") if root.find(f"{MAIN}headerFooter") is not None else ():
        assert len(element.text or "") <= 255


def check_cells(title: str, row: etree._Element, number: int, styles: int, shared: int) -> None:
    before = 0
    for cell in row:
        letters, at = CELL.fullmatch(cell.get("r")).groups()
        assert int(at) == number, f"{title}: {cell.get('r')} in row {number}"
        column = column_number(letters)
        assert column > before, f"{title}: {cell.get('r')} is out of order"
        before = column
        assert int(cell.get("s", 0)) < styles, f"{title}: {cell.get('r')} has style {cell.get('s')}"
        if cell.get("t") == "s":
            assert int(cell.findtext(f"{MAIN}v")) < shared
        elif cell.get("t") == "inlineStr":
            texts = "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
            assert len(texts) <= 32_767
        elif cell.get("t") in (None, "n") and cell.findtext(f"{MAIN}v") is not None:
            value = float(cell.findtext(f"{MAIN}v"))
            assert value - value == 0, f"{title}: {cell.get('r')} holds {value}"


def check_merges(title: str, root: etree._Element) -> None:
    taken: set[tuple[int, int]] = set()
    merges = root.find(f"{MAIN}mergeCells")
    if merges is None:
        return
    assert len(merges)
    assert merges.get("count") in (None, str(len(merges)))
    for merge in merges:
        cells = set(area_cells(merge.get("ref")))
        assert len(cells) > 1, f"{title}: {merge.get('ref')} merges nothing"
        assert not cells & taken, f"{title}: {merge.get('ref')} overlaps"
        taken |= cells


def check_rules(title: str, root: etree._Element) -> None:
    rules = list(root.iter(f"{MAIN}cfRule"))
    priorities = [r.get("priority") for r in rules]
    assert len(set(priorities)) == len(priorities), f"{title}: priorities {priorities}"
    ids = [e.text for r in rules for e in r.iter(f"{X14}id")]
    extended = [r.get("id") for r in root.iter(f"{X14}cfRule")]
    assert len(set(extended)) == len(extended)
    assert set(ids) == set(extended), f"{title}: data bars without their other half"
    for holder in root.iter(f"{X14}conditionalFormatting"):
        assert holder.findtext(f"{XM}sqref"), f"{title}: a rule for no cell"
        assert etree.QName(holder[-1]).localname == "sqref"
    for holder in root.iter(f"{MAIN}conditionalFormatting"):
        assert holder.get("sqref")
        assert len(holder)


def check_tables(parts: Parts, title: str, part: str) -> Iterator[tuple[str, str]]:
    root = parts.tree(part)
    relations = parts.relations(part)
    listed = [e.get(f"{REL}id") for e in root.iter(f"{MAIN}tablePart")]
    assert sorted(listed) == sorted(i for i, (kind, _) in relations.items() if kind == "table")
    values = {c.get("r"): cell_text(parts, c) for c in root.iter(f"{MAIN}c")} if listed else {}
    for id in listed:
        table = parts.tree(relations[id][1])
        cells = list(area_cells(table.get("ref")))
        top = min(row for _, row in cells)
        assert max(row for _, row in cells) > top, f"{title}: a table without a row"
        heads = [c.get("name") for c in table.iter(f"{MAIN}tableColumn")]
        printed = [values.get(f"{column_letters(column)}{row}") for column, row in sorted(cells) if row == top]
        assert heads == printed, f"{title}: {heads} is not {printed}"
        assert len({h.casefold() for h in heads}) == len(heads)
        assert table.find(f"{MAIN}tableColumns").get("count") == str(len(heads))
        filters = table.find(f"{MAIN}autoFilter")
        assert filters is None or filters.get("ref").partition(":")[0] == table.get("ref").partition(":")[0]
        assert table.get("name") == table.get("displayName")
        yield table.get("id"), table.get("displayName")


def check_drawing(parts: Parts, part: str) -> None:
    titles = set(parts.sheets())
    for kind, target in parts.relations(part).values():
        if kind != "drawing":
            continue
        root = parts.tree(target)
        numbers = [e.get("id") for e in root.iter(f"{DRAWN}cNvPr")]
        assert len(set(numbers)) == len(numbers), f"{target}: shapes share a number"
        relations = parts.relations(target)
        used = [e.get(f"{REL}id") for e in root.iter(f"{CHART}chart")]
        assert set(used) <= set(relations)
        assert len(used) == len(set(used))
        for id in used:
            check_chart(parts.tree(relations[id][1]), titles)


def check_chart(root: etree._Element, titles: set[str]) -> None:
    orders = []
    for series in root.iter(f"{CHART}ser"):
        orders.append(series.findtext(f"{CHART}order") or series.find(f"{CHART}order").get("val"))
        names = [etree.QName(e).localname for e in series]
        rank = ("idx", "order", "tx", "spPr", "invertIfNegative", "pictureOptions", "marker", "dPt", "dLbls",
                "trendline", "errBars", "cat", "xVal", "val", "yVal", "shape", "smooth",
                "bubbleSize", "extLst")  # fmt: skip
        assert [rank.index(n) for n in names] == sorted(rank.index(n) for n in names), names
        for cache in (*series.iter(f"{CHART}numCache"), *series.iter(f"{CHART}strCache")):
            count = int(cache.find(f"{CHART}ptCount").get("val"))
            assert all(int(p.get("idx")) < count for p in cache.iter(f"{CHART}pt"))
    assert len(set(orders)) == len(orders), f"series share a place: {orders}"
    for formula in root.iter(f"{CHART}f"):
        assert referenced_sheets(formula.text) <= titles, formula.text


def referenced_sheets(formula: str) -> set[str]:
    quoted = {name.replace("''", "'") for name in re.findall(r"'((?:[^']|'')+)'!", formula)}
    return quoted | set(re.findall(r"(?<![\w'.])([A-Za-z_][\w.]*)!", formula))


def cell_text(parts: Parts, cell: etree._Element) -> str:
    if cell.get("t") == "s":
        item = parts.tree("xl/sharedStrings.xml")[int(cell.findtext(f"{MAIN}v"))]
        return "".join(t.text or "" for t in item.iter(f"{MAIN}t"))
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
    return cell.findtext(f"{MAIN}v") or ""


def area_cells(ref: str) -> Iterator[tuple[int, int]]:
    first, _, last = ref.partition(":")
    left, top = CELL.fullmatch(first).groups()
    right, bottom = CELL.fullmatch(last or first).groups()
    for column in range(column_number(left), column_number(right) + 1):
        for row in range(int(top), int(bottom) + 1):
            yield column, row


def column_number(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total


def column_letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
