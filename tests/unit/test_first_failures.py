"""What a long run says of failures at its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from devtools.places import ROOT
from tests.helpers.waiting import SECONDS

FAILING = """
import pytest
def test_first():
    raise AssertionError("the client ended with -11" + "\\n" + "a line of its log\\n" * 90 + "the last one")
def test_second():
    assert False, "a consequence"
"""


def test_the_first_failure_of_each_file_is_told_in_few_lines(tmp_path: Path) -> None:
    for name in ("test_one", "test_two"):
        (tmp_path / f"{name}.py").write_text(FAILING, "utf-8")
    plain = [
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.first_failures",
        "--rootdir",
        str(tmp_path),
        "-c",
        "/dev/null",
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", *plain, str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60 * SECONDS, check=False
    )
    said = done.stdout.partition("the first failure of each file")[2].partition("short test summary")[0]
    assert said.count("(call)") == 2
    assert "test_one::test_first (call)" in said
    assert said.count("the client ended with -11") == said.count("the last one") == 2
    assert "a consequence" not in said
    assert len(said.splitlines()) < 40
