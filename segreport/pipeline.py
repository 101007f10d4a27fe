"""The stages in order: from a file of customers to a folder of documents."""

from __future__ import annotations

from collections.abc import Callable

from segreport.beside import RESULTS, customers_in, playbook_of, settings_of, write_rejects
from segreport.clean import clean
from segreport.config import RunConfig
from segreport.customers import write_customers
from segreport.domain import Delivery
from segreport.features import build_features
from segreport.narrate.playbook import load_playbook
from segreport.profile import build_profile
from segreport.publish import describe_run, publish, work_folder
from segreport.render.processes import Renderers
from segreport.reporting import basis_of, tell_report
from segreport.results import dump_report
from segreport.roles import detect_roles
from segreport.segment import Plan, segment
from segreport.sources import read

Progress = Callable[[str], None]


def run(config: RunConfig, renderers: Renderers, progress: Progress = lambda stage: None) -> Delivery:
    """Read, clean, segment, describe, tell, render and publish."""
    progress("reading")
    playbook = load_playbook(playbook_of(config))
    options = config.input
    table = read(config.source, delimiter=options.delimiter, encoding=options.encoding, sheet=options.sheet)
    typed = detect_roles(table, id_column=options.id, overrides=config.roles)
    progress("cleaning")
    cleaned = clean(typed, as_of=options.as_of)
    features = build_features(cleaned, asked=config.segment.features)
    notes = renderers.check(map(str, cleaned.frame.columns))
    progress("segmenting")
    segmentation, assignment = segment(features, _plan(config))
    progress("describing")
    profile = build_profile(features, segmentation, assignment)
    report = tell_report(config, basis_of(cleaned), profile, segmentation, notes, playbook)
    progress("writing")
    folder = config.folder or config.outputs.folder / config.name / report.report.period
    with work_folder(folder) as work:
        (work / RESULTS).write_bytes(dump_report(report))
        customers = customers_in(work, renderers)
        if customers:
            write_customers(cleaned, report.segments, assignment, customers)
        write_rejects(cleaned.rejects, work)
        renderers.render(work, customers=customers)
        files = publish(work, folder, describe_run(report, settings_of(config)))
    return Delivery(str(folder), files, report)


def _plan(config: RunConfig) -> Plan:
    asked, low, high = config.k_range
    wanted = config.segment
    return Plan(
        k=asked,
        k_min=low,
        k_max=high,
        seed=wanted.seed,
        n_init=wanted.n_init,
        transform=wanted.transform,
        scale=wanted.scale,
    )
