"""What Qt makes from the designers' and translators' files: Python forms and compiled translations, when they changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from devtools.console import Step, step
from devtools.environment import LOCK
from devtools.places import LOCAL_CACHE, ROOT, venv_program
from devtools.programs import run
from devtools.stamps import Stamp, hash_of

FORMS = ROOT / "ui"
FORM_MODULES = ROOT / "wwphone" / "gui" / "forms"
TRANSLATIONS = ROOT / "translations"
COMPILED_TRANSLATIONS = ROOT / "wwphone" / "gui" / "translations"
_STAMPS = LOCAL_CACHE / "stamps"


def ensure_forms() -> None:
    """Make what is out of date and remove what has lost its source."""
    with step("forms and translations") as shown:
        forms = {file: FORM_MODULES / f"ui_{file.stem}.py" for file in sorted(FORMS.glob("*.ui"))}
        texts = {
            file: COMPILED_TRANSLATIONS / f"{file.stem}.qm" for file in sorted(TRANSLATIONS.glob("*.ts"))
        }
        made = [
            *_make(forms, lambda source, target: _compile_form(shown, source, target)),
            *_make(texts, lambda source, target: _compile_translation(shown, source, target)),
        ]
        existing = [*FORM_MODULES.glob("ui_*.py"), *COMPILED_TRANSLATIONS.glob("*.qm")]
        orphans = set(existing) - {*forms.values(), *texts.values()}
        for orphan in orphans:
            orphan.unlink()
        shown.outcome = f"{len(made)} made, {len(orphans)} removed" if made or orphans else "up to date"


def _make(targets: dict[Path, Path], compile_one: Callable[[Path, Path], None]) -> Iterator[Path]:
    for source, target in targets.items():
        stamp = Stamp(_STAMPS / target.name)
        key = hash_of(source, LOCK, Path(__file__))  # another Qt compiles differently, and so may we
        if stamp.result(key) is None or not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            compile_one(source, target)
            stamp.set(key)
            yield target


def _compile_form(shown: Step, source: Path, target: Path) -> None:
    shown.detail(source.name)
    code = run(shown, [venv_program("pyside6-uic"), source])
    target.write_text(with_types(code, top_class(source.read_text("utf-8"))), "utf-8")


def _compile_translation(shown: Step, source: Path, target: Path) -> None:
    shown.detail(source.name)
    run(shown, [venv_program("pyside6-lrelease"), "-silent", source, "-qm", target])


def top_class(form: str) -> str:
    """Return the class of the window, dialog or widget a form describes."""
    widget = ElementTree.fromstring(form).find("widget")
    return "QWidget" if widget is None else widget.get("class", "QWidget")


def with_types(code: str, kind: str) -> str:
    """Give the methods that uic leaves untyped their types, so that calling them passes ``mypy --strict``."""
    return re.sub(r"def (setupUi|retranslateUi)\(self, (\w+)\):", rf"def \1(self, \2: {kind}) -> None:", code)
