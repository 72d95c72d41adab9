"""The report: one self-contained HTML page, and the certificates beside it."""

from .page import write_report

__all__ = ["write_report"]
