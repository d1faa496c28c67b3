"""The commands of ``dev.py``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from devtools import checks
from devtools.console import StepFailedError, say


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="dev.py", description="The one door to wwphone's source")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="format, lint, types, layers and budgets")
    check.add_argument("paths", nargs="*", help="look at these files and folders only")
    options = parser.parse_args(words)
    try:
        return checks.run_checks(checks.all_checks(options.paths))
    except StepFailedError as error:
        say(str(error))
        return 1
