"""The files of packaging/pjsua2, imported as they import each other, and stand-ins for what they start."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "packaging" / "pjsua2"


def load() -> SimpleNamespace:
    """Import the recipe from its own folder, and leave no trace of its short module names for other recipes."""
    names = sorted(file.stem for file in FOLDER.glob("*.py"))
    hidden = {name: sys.modules.pop(name) for name in (*names, "pjsua2") if name in sys.modules}
    sys.path.insert(0, str(FOLDER))
    sys.modules["pjsua2"] = fake_pjsua2()
    try:
        return SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    finally:
        sys.path.remove(str(FOLDER))
        for name in (*names, "pjsua2"):
            sys.modules.pop(name, None)
        sys.modules.update(hidden)


def fake_pjsua2() -> ModuleType:
    """Just enough of pjsua2 for check.py to be imported; what it checks is checked by each build."""
    module = ModuleType("pjsua2")
    module.__dict__.update(Call=object, Account=object, Error=Exception)
    return module


class FakePrograms:
    """Runs nothing: ``read`` answers from a table by the program's name, ``run`` calls the function given for it."""

    def __init__(
        self,
        answers: Mapping[str, str] | None = None,
        actions: Mapping[str, Callable[[list[str]], None]] | None = None,
    ) -> None:
        self._answers = dict(answers or {})
        self._actions = dict(actions or {})
        self.started: list[list[str]] = []
        self.stopped = False

    def read(self, command: Sequence[str | Path], log: str, changes: Mapping[str, str] | None = None) -> str:
        """Answer as the program would; KeyError when the test does not expect it."""
        self.started.append([str(word) for word in command])
        key = " ".join(self.started[-1])
        return next(text for start, text in self._answers.items() if key.startswith(start))

    def run(self, command: Sequence[str | Path], log: str, *_arguments: Any, **_options: Any) -> None:
        """Do what the program would do."""
        words = [str(word) for word in command]
        self.started.append(words)
        if action := self._actions.get(Path(words[0]).name):
            action(words)

    def stop(self) -> None:
        """Remember that the rest was ended."""
        self.stopped = True
