"""The brand: accent, paper, page and the segments' palette, read from brand.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from segreport.errors import TemplateError
from segreport.paths import templates_folder
from segreport.tomlfile import line_of, read_model

_COLOR = r"^#[0-9A-Fa-f]{6}$"


@dataclass(frozen=True)
class Paint:
    """A segment's colours: its fill, its words on white, and the figure on its fill."""

    fill: str
    text: str
    on: str


class Brand(BaseModel):
    """What a brand may replace; neutrals, heat scale, sizes and grid are not among it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accent: str = Field("#8C1D40", pattern=_COLOR)
    paper: str = Field("#F6F4EF", pattern=_COLOR)
    page: str = Field("A4", pattern="^(A4|Letter)$")
    report_line: str = "Customer segments"
    logo: str = ""
    palette: tuple[tuple[str, str, str], ...] = ()

    def paint(self, segment: int) -> Paint:
        """The colours of segment 1, 2, ...; they come round again after the last."""
        return Paint(*self.palette[(segment - 1) % len(self.palette)])


def load_brand(path: Path | None = None) -> Brand:
    """The brand of the file, completed by ours; raises TemplateError where it cannot be read."""
    ours = read_model(templates_folder() / "brand.toml", Brand, TemplateError)
    if path is None:
        return ours
    theirs = read_model(path, Brand, TemplateError)
    palette = theirs.palette + ours.palette[len(theirs.palette) :]
    return theirs.model_copy(update={"palette": palette, "logo": _find_logo(path, theirs.logo)})


def _find_logo(path: Path, name: str) -> str:
    """The logo's own path; raises TemplateError where there is no such file."""
    if not name:
        return ""
    logo = path.resolve().parent / name
    if not logo.is_file():
        place = f"{path.name}, line {line_of(path, ('logo',))}"
        raise TemplateError(f"{place}: there is no {name!r} beside it", "name a PNG or SVG beside the file")
    return str(logo)
