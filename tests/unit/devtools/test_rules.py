"""Each rule of the house finds what it forbids, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from devtools.rules import RULES, Finding, SourceFile, python_files
from tests.test_architecture import foreign_imports

LONG = "\n".join(f"    x = {number}" for number in range(60))

BROKEN = [
    ("budgets", "\n" * 451, "file has 451 lines, at most 450"),
    ("budgets", f"def f():\n{LONG}", "function f has 61 lines, at most 60"),
    ("budgets", "class C:\n" + "    x = 1\n" * 350, "class C has 351 lines, at most 350"),
    ("budgets", "def f(a, b, c, d, *e, f, g, **h): ...", "function f has 8 parameters, at most 7"),
    ("silent excepts", "try: f()\nexcept Exception: pass", "broad except"),
    ("silent excepts", "try: f()\nexcept: x = 1", "broad except"),
    ("silent excepts", "try: f()\nexcept (ValueError, builtins.BaseException): return_()", "broad except"),
    ("silent excepts", "with contextlib.suppress(OSError, Exception): f()", "suppress() of every exception"),
    ("sleeping tests", "import time\ntime.sleep(1)", "a test sleeps (time.sleep)"),
    ("sleeping tests", "from time import monotonic, sleep", "a test imports sleep"),
    ("sleeping tests", "async def f(): await asyncio.sleep(0.1)", "a test sleeps (asyncio.sleep)"),
    ("sleeping tests", "qtbot.wait(100)", "a test sleeps (qtbot.wait)"),
    ("unfinished code", "x = 1  # TO" + "DO: y", "unfinished: # TO" + "DO: y"),
    ("unfinished code", "def f(): raise NotImplementedError", "NotImplementedError outside"),
    ("unfinished code", "class C:\n    def f(self): raise NotImplementedError('later')", "outside"),
    ("layout items", "part = layout.itemAt(0).widget()", "an item of a layout"),
    ("layout items", "while row.takeAt(0): pass", "an item of a layout"),
]

KEPT = [
    ("budgets", "\n" * 450),
    ("budgets", f"@decorator\ndef f():\n{LONG[: LONG.rindex('x')]}pass".replace("    x = 0\n", "", 1)),
    ("budgets", "class C:\n    def f(self, a, b, c, d, *, e, f, g): ..."),
    ("silent excepts", "try: f()\nexcept Exception: log.exception('why')"),
    ("silent excepts", "try: f()\nexcept Exception: log_failure('why')"),
    ("silent excepts", "try: f()\nexcept BaseException: tidy(); raise"),
    ("silent excepts", "try: f()\nexcept Exception as error: future.set_exception(error)"),
    ("silent excepts", "try: f()\nexcept ValueError: pass"),
    ("silent excepts", "with suppress(OSError): f()"),
    ("sleeping tests", "async def f(): await asyncio.sleep(0)"),
    ("sleeping tests", "async def f(): await asyncio.sleep(self.delay_s)"),
    ("unfinished code", "x = 'TO" + "DO list'  # the word in a string is no mark"),
    ("unfinished code", "class C:\n    @abstractmethod\n    def f(self): raise NotImplementedError"),
    ("unfinished code", "try: f()\nexcept NotImplementedError: pass"),
    ("layout items", "if layout.indexOf(part) >= 0: layout.removeWidget(part)"),
]


def source(text: str, path: str = "tests/unit/test_it.py") -> SourceFile:
    """A file that exists only here."""
    return SourceFile(path, text, ast.parse(text))


@pytest.mark.parametrize(("rule", "text", "finding"), BROKEN)
def test_broken(rule: str, text: str, finding: str) -> None:
    found = [str(one) for one in RULES[rule](source(text))]

    assert len(found) == 1, found
    assert finding in found[0]
    assert found[0].startswith("tests/unit/test_it.py:")


@pytest.mark.parametrize(("rule", "text"), KEPT)
def test_kept(rule: str, text: str) -> None:
    assert list(RULES[rule](source(text))) == []


def test_only_tests_must_not_sleep() -> None:
    text = "import time\ntime.sleep(1)"

    assert list(RULES["sleeping tests"](source(text, "wwphone/sip/engine.py"))) == []
    assert list(RULES["sleeping tests"](source(text, "tests/helpers/waiting.py"))) == []


@pytest.mark.parametrize(
    ("path", "text", "finding"),
    [
        (
            "wwphone/services/calls.py",
            "from PySide6.QtCore import QObject",
            "only be imported in wwphone.gui",
        ),
        ("wwphone/guitar.py", "import PySide6", "PySide6 may only be imported in"),
        ("wwphone/domain/calls.py", "import requests.auth", "requests has no owner"),
        ("wwphone/protocol/session.py", "def f():\n    import msgspec", "msgspec may only be imported in"),
    ],
)
def test_foreign_imports(path: str, text: str, finding: str) -> None:
    (found,) = foreign_imports(source(text, path))

    assert finding in str(found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("wwphone/gui/__init__.py", "from PySide6.QtCore import QObject"),
        ("wwphone/gui/panels/calls.py", "import PySide6.QtGui"),
        ("wwphone/protocol/codec.py", "import msgspec, json"),
        ("wwphone/domain/calls.py", "from wwphone.domain import numbers\nfrom . import presence"),
        ("demo/colleague.py", "import PySide6"),
    ],
)
def test_imports_of_owners(path: str, text: str) -> None:
    assert list(foreign_imports(source(text, path))) == []


def test_files_somebody_wrote(tmp_path: Path) -> None:
    written = ["a.py", "gui/forms/__init__.py", "gui/b.py", "builder/c.py"]
    others = [".cache/x.py", "build/x.py", "gui/forms/ui_b.py", "gui/__pycache__/b.py", "gui/b.ui"]
    for name in written + others:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", "utf-8")

    found = [file.relative_to(tmp_path).as_posix() for file in python_files([tmp_path])]

    assert sorted(found) == sorted(written)
    assert list(python_files([tmp_path / "a.py"])) == [tmp_path / "a.py"]


def test_findings_are_sorted_and_can_be_jumped_to() -> None:
    found = sorted([Finding("b.py", 1, "x"), Finding("a.py", 20, "x"), Finding("a.py", 3, "x")])

    assert [str(one) for one in found] == ["a.py:3: x", "a.py:20: x", "b.py:1: x"]
