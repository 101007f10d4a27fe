"""What a run would do, found out without doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segreport.api import templates_of
from segreport.config import RunConfig

if TYPE_CHECKING:
    from segreport.inspection import Inspection


def inspect_config(config: RunConfig) -> Inspection:
    """What a run of the configuration would find, with the templates checked while the inputs are read."""
    from segreport.render.processes import Renderers

    with Renderers(config.outputs.formats, templates_of(config)) as renderers:
        from segreport.inspection import inspect

        return inspect(config, renderers)


def describe_plan(config: RunConfig) -> str:
    """The reading, the ledger, the features and the files of a run; raises what the run would end with."""
    from segreport.cli.shown import plan_of

    seen = inspect_config(config)
    if seen.refusal:
        raise seen.refusal
    return plan_of(seen)
