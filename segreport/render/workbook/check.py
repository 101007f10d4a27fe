"""The check of a workbook template before any work: every token is read and looked up, nothing is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from segreport.formatting import Formats
from segreport.render.fill import TOKEN, has_tokens
from segreport.render.workbook.charts import CHART
from segreport.render.workbook.compose import DATA_EXPRESSION, read_plans
from segreport.render.workbook.drawings import chart_expression, x
from segreport.render.workbook.language import Language, make_language
from segreport.render.workbook.loops import Block, blocks_in, loop_names
from segreport.render.workbook.package import REL, Package, open_package, q, workbook_part
from segreport.render.workbook.plan import SheetPlan

_NOT_MOVED = {
    "/pivotTables/": "pivot tables keep their source range; refresh them after rows have moved",
    "/ctrlProps/": "form controls stay where the template has them",
    "/threadedComments/": "threaded comments stay at the cells of the template",
}

Known = Mapping[str, Iterable[str] | None]


def check(template: Path, names: Known) -> tuple[str, ...]:
    """Read all of the template; raises TemplateError for the first fault, returns what to be warned of."""
    package = open_package(template)
    language = make_language(Formats("en", "USD"))
    known = {**names, DATA_EXPRESSION: None}
    plans, _ = read_plans(package, workbook_part(package))
    found = sum([_check_sheet(package, plan, language, known) for plan in plans])
    warnings = [f"{package.name}: {text}" for part, text in _NOT_MOVED.items() if any(part in p for p in package.parts)]
    if not found:
        warnings.append(f"{package.name}: the template holds no tokens; it is used as it is")
    return tuple(warnings)


def _check_sheet(package: Package, plan: SheetPlan, language: Language, known: Known) -> int:
    """Check one sheet; returns how many tokens it holds."""
    where = f"{package.name}, sheet '{plan.name}'"
    here = known if plan.repeats else _without(known, ("segment",))
    here = _without(here, ("loop",))
    texts = [(plan.name, here, f"{where}, its name")]
    texts += [(f"{{{{ {tag.rest} }}}}", here, tag.place) for tag in plan.keep]
    texts += [(f"{{{{ {plan.tab} }}}}", here, where)] if plan.tab else []
    texts += list(_block_texts(plan, language, here, known))
    texts += list(_cell_texts(plan, language, here, known))
    texts += [(text, here, f"{where}, header or footer") for text in _header_texts(plan)]
    texts += [(text, known, place) for text, place in _shape_texts(package, plan)]
    for text, own, place in texts:
        if has_tokens(text):
            language.check(text, own, place)
    return sum(has_tokens(text) for text, _, _ in texts)


def _block_texts(plan: SheetPlan, language: Language, here: Known, known: Known) -> Iterator[tuple[str, Known, str]]:
    """The tags of blocks, each as a template of its own."""
    for block, outer in blocks_in(plan.nodes):
        own = _with(here, known, _bound(outer, language))
        for tag, _ in block.arms:
            if tag.word == "for":
                yield f"{{% for {tag.rest} %}}{{% endfor %}}", own, tag.place
            elif tag.word == "rows":
                yield f"{{{{ {tag.rest} }}}}", own, tag.place
            elif tag.word != "else":
                yield f"{{% if {tag.rest} %}}{{% endif %}}", own, tag.place


def _cell_texts(plan: SheetPlan, language: Language, here: Known, known: Known) -> Iterator[tuple[str, Known, str]]:
    bound = loop_names(plan.nodes, language)
    for cell in plan.live_cells():
        own = _with(here, known, bound.get(cell.row, ()))
        for across in plan.rows[cell.row].across:
            if across.first == cell.column:
                yield f"{{% for {across.loop} %}}{{% endfor %}}", own, across.place
            if across.first <= cell.column <= across.last:
                own = _with(own, known, language.targets(across.loop, across.place))
        paints = "".join(f"{{{{ {paint} }}}}" for paint in cell.paints)
        yield paints + cell.source, own, cell.place


def _header_texts(plan: SheetPlan) -> Iterator[str]:
    for element in plan.root.iterfind(f"{q('headerFooter')}/*"):
        yield from TOKEN.findall(element.text or "")


def _shape_texts(package: Package, plan: SheetPlan) -> Iterator[tuple[str, str]]:
    """Names and alternative texts of shapes, and charts named by their titles."""
    for relation in package.relations(plan.part):
        if relation.kind != "drawing" or not package.has(relation.target):
            continue
        charts = {r.id: r.target for r in package.relations(relation.target)}
        root = package.read(relation.target)
        for properties in root.iter(x("cNvPr")):
            place = f"{package.name}, sheet '{plan.name}', shape '{properties.get('name')}'"
            for attribute in ("name", "descr", "title"):
                yield properties.get(attribute, ""), place
        for frame in root.iter(x("graphicFrame")):
            reference = next(frame.iter(f"{{{CHART}}}chart"), None)
            part = charts.get(reference.get(f"{{{REL}}}id", "")) if reference is not None else None
            if part and package.has(part):
                properties = next(frame.iter(x("cNvPr")), etree.Element("none"))
                expression = chart_expression(properties, package.read(part))
                place = f"{package.name}, sheet '{plan.name}', chart '{properties.get('name')}'"
                yield (f"{{{{ {expression} }}}}" if expression else ""), place


def _bound(blocks: Iterable[Block], language: Language) -> tuple[str, ...]:
    loops = [block for block in blocks if block.tag.word == "for"]
    return tuple(name for block in loops for name in language.targets(block.tag.rest, block.tag.place))


def _with(here: Known, known: Known, bound: Iterable[str]) -> Known:
    """The known names and those that loops bind; ``segment`` keeps its list of attributes."""
    names = tuple(bound)
    if not names:
        return here
    own = {name: known.get("segment") if name == "segment" else None for name in names}
    return {**here, **own, "loop": None}


def _without(known: Known, names: Iterable[str]) -> Known:
    return {name: value for name, value in known.items() if name not in names}
