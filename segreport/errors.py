"""The refusals segreport makes, each with the exit code a scheduler sees."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process exit code means; the table in the README is made from these names."""

    OK = 0
    BUG = 1
    USAGE = 2
    CONFIG = 3
    INPUT = 4
    QUALITY = 5
    TEMPLATE = 6
    OUTPUT = 7
    DELIVERY = 8
    LOCKED = 9


class SegreportError(Exception):
    """A refusal: one line of cause, a hint that says what to do, and an exit code."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(SegreportError):
    """A setting, flag or column name cannot be used."""

    exit_code = ExitCode.CONFIG


class InputError(SegreportError):
    """The input cannot be read, or holds nothing to segment."""

    exit_code = ExitCode.INPUT


class QualityError(SegreportError):
    """The result does not meet a bound that the user demanded."""

    exit_code = ExitCode.QUALITY


class TemplateError(SegreportError):
    """A template is wrong, or could not be rendered."""

    exit_code = ExitCode.TEMPLATE


class OutputError(SegreportError):
    """The output folder cannot be written."""

    exit_code = ExitCode.OUTPUT


KINDS: dict[str, type[SegreportError]] = {
    kind.__name__: kind for kind in (ConfigError, InputError, QualityError, TemplateError, OutputError)
}
"""Every kind by its name: how an error travels back from a rendering process."""
