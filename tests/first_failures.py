"""The first failure of each test file once more at the very end, in few words: what a log keeps of a long run is its end.

Tests that share a program all fail when it does; the first of them says why.
"""

from __future__ import annotations

from pathlib import PurePath

import pytest

_LINES = 14
_COLUMNS = 220


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """See pytest."""
    reports = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    first: dict[str, pytest.TestReport] = {}
    for report in reports:
        first.setdefault(report.nodeid.partition("::")[0], report)
    if not first:
        return
    terminalreporter.section("the first failure of each file")
    for file, report in first.items():
        terminalreporter.line(f"{PurePath(file).stem}::{report.nodeid.partition('::')[2]} ({report.when})")
        for line in words_of(report):
            terminalreporter.line(f"    {line}")


def words_of(report: pytest.TestReport) -> list[str]:
    """What it failed of: the message of the failure, shortened."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else report.longreprtext
    lines = [line[:_COLUMNS] for line in text.splitlines() if line.strip()]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES // 2], "…", *lines[-_LINES // 2 :]]
    return lines
