"""The stages in order: from a file of customers to a folder of documents."""

from __future__ import annotations

from segreport.beside import RESULTS, customers_in, playbook_of, settings_of, write_rejects
from segreport.config import RunConfig
from segreport.customers import write_customers
from segreport.domain import Delivery
from segreport.explore import explore
from segreport.intake import Progress, features_of, take_in
from segreport.narrate.playbook import load_playbook
from segreport.profile import build_profile
from segreport.publish import describe_run, publish, work_folder
from segreport.render.processes import Renderers
from segreport.reporting import basis_of, tell_report
from segreport.results import dump_report
from segreport.segment import Plan, segment


def run(
    config: RunConfig, renderers: Renderers, progress: Progress = lambda stage: None, *, data: object = None
) -> Delivery:
    """Read, clean, segment, describe, tell, render and publish."""
    playbook = load_playbook(playbook_of(config))
    with take_in(config, progress, data=data) as intake:
        cleaned, features = intake.cleaned, features_of(intake, config)
        notes = renderers.check(cleaned.rows.columns)
        progress("segmenting")
        segmentation, assignment = segment(features, _plan(config))
        progress("describing")
        profile = build_profile(features, segmentation, assignment)
        report = tell_report(config, basis_of(cleaned, explore(features)), profile, segmentation, notes, playbook)
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
        winsorise=config.clean.outliers == "winsorise",
        cap=config.clean.cap,
    )
