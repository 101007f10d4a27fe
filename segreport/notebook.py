"""The report in a notebook: made from a data frame, shown as a summary, its documents written when asked for."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from segreport.api import render_config, templates_of
from segreport.beside import CUSTOMERS
from segreport.config import RunConfig, load_config
from segreport.domain import Report as Results
from segreport.render.processes import Renderers

if TYPE_CHECKING:
    import pandas as pd


class Report:
    """Segments of customers, and what there is to say about them."""

    def __init__(self, config: RunConfig, data: object = None) -> None:
        """Read, clean, segment and describe; no document is made before ``save``.

        Raises the kinds of SegreportError that the command exits with.
        """
        from segreport.pipeline import run

        scratch = tempfile.mkdtemp(prefix="segreport-")
        weakref.finalize(self, shutil.rmtree, scratch, ignore_errors=True)
        self._folder = Path(scratch) / "report"
        self._config = config.model_copy(update={"folder": self._folder})
        with _OnlyRows((), templates_of(config)) as renderers:
            self._results = run(self._config, renderers, data=data).report

    @classmethod
    def from_dataframe(
        cls, data: object, *, name: str = "customers", config: str | Path | None = None, **settings: Any
    ) -> Self:
        """The report of a pandas, polars or Arrow data frame, which stays as it is.

        ``name`` is what the report is called; ``config`` is a segreport.toml, and ``settings`` are keys of it such as
        ``segment__k=4``.
        """
        return cls(_load([name], config, settings), data)

    @classmethod
    def from_file(cls, *sources: str | Path, config: str | Path | None = None, **settings: Any) -> Self:
        """The report of files of one shape, or of a database's address."""
        return cls(_load(sources, config, settings))

    @property
    def results(self) -> Results:
        """Everything that the report says: facts, sentences, charts and tables."""
        return self._results

    @cached_property
    def segments(self) -> pd.DataFrame:
        """One row a segment, by its number: name, customers, share, stability, value, and the mean of every measure."""
        import pandas as pd

        segments = self._results.segments
        frame = pd.DataFrame(
            {
                "name": [segment.name for segment in segments],
                "customers": [segment.size for segment in segments],
                "share": [segment.share for segment in segments],
                "stability": [segment.stability for segment in segments],
            },
            index=pd.Index([segment.id for segment in segments], name="segment"),
        )
        if self._results.profile.value is not None:
            frame["value"] = [segment.value for segment in segments]
            frame["value share"] = [segment.value_share for segment in segments]
        for column in dict.fromkeys(column for segment in segments for column in segment.columns):
            stats = [segment.columns.get(column) for segment in segments]
            frame[f"mean {column}"] = [None if found is None else found.mean for found in stats]
        return frame

    @cached_property
    def customers(self) -> pd.DataFrame:
        """The rows that were used, with the number and name of their segment and the distance to its centre.

        They are indexed by their id where the table has one.
        """
        import pandas as pd

        frame = pd.read_parquet(self._folder / CUSTOMERS)
        ids = [column for column, role in self._results.roles.items() if role.role == "id" and column in frame]
        return frame.set_index(ids[0]) if len(ids) == 1 else frame

    def save(self, folder: str | Path, *, formats: Sequence[str] | None = None) -> list[Path]:
        """Write the documents into a folder as ``segreport run`` does, all of them or none; gives their paths."""
        outputs = self._config.outputs
        if formats is not None:
            outputs = type(outputs).model_validate({**outputs.model_dump(), "formats": tuple(formats)})
        config = self._config.model_copy(update={"folder": Path(folder), "outputs": outputs})
        delivery = render_config(self._folder, config, rejects=True)
        return [Path(delivery.folder) / name for name in delivery.files]

    def __repr__(self) -> str:
        amount = len(self._results.segments)
        return f"<segreport.Report {self._results.report.name!r}: {amount} segments, {self._verdict} structure>"

    def _repr_html_(self) -> str:
        from segreport.render.notebook import render_summary

        return render_summary(self._results, self._config.templates.brand)

    @property
    def _verdict(self) -> str:
        verdict = self._results.segmentation.verdict
        return "no" if verdict == "none" else verdict


class _OnlyRows(Renderers):
    """No documents, and yet the customers with their segments."""

    @property
    def wants_rows(self) -> bool:
        return True


def _load(sources: Sequence[str | Path], config: str | Path | None, settings: dict[str, Any]) -> RunConfig:
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    return load_config(sources, file=Path(config) if config else None, flags=flags)
