"""The texts of the window: collected from sources and forms into the .ts files, and complete in each language.

``python -m devtools.translations`` is the check: it prints each text that lacks its translation.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from devtools.console import StepFailedError, step
from devtools.forms import FORMS, TRANSLATIONS
from devtools.places import ROOT, venv_program
from devtools.programs import run
from devtools.rules import python_files

_TEXTS_IN = ("wwphone/gui", "wwphone/app")
_SOURCE_LANGUAGE = "en"
_EMPTY = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n<TS version="2.1" language="{}"></TS>\n'


def update_translations(new_languages: Sequence[str] = ()) -> None:
    """Add new texts to every .ts file and drop the ones that are gone; translated ones stay.

    ``new_languages`` (``fr_CH``) get a file of their own.
    """
    for language in new_languages:
        begun = TRANSLATIONS / f"wwphone_{language.partition('_')[0]}.ts"
        if begun.exists():
            raise StepFailedError(f"{begun} exists already")
        begun.parent.mkdir(exist_ok=True)
        begun.write_text(_EMPTY.format(language), "utf-8")
    with step("translations") as shown:
        files = sorted(TRANSLATIONS.glob("*.ts"))
        _collect(files)
        open_texts = [text for file in files for text in unfinished(file)]
        shown.outcome = f"{len(files)} languages, {len(open_texts)} texts to translate"


def missing_translations() -> list[str]:
    """Return every text of sources and forms that lacks its translation, as ``file: context: text``."""
    with tempfile.TemporaryDirectory(prefix="wwphone-translations-") as name:
        copies = [Path(shutil.copy(file, name)) for file in sorted(TRANSLATIONS.glob("*.ts"))]
        _collect(copies)
        return [f"translations/{file.name}: {text}" for file in copies for text in unfinished(file)]


def unfinished(file: Path) -> Iterator[str]:
    """Yield ``context: text`` for each text of a .ts file that is not translated.

    The source language needs translations only where a number decides the form of the text.
    """
    root = ElementTree.parse(file).getroot()
    is_source = root.get("language", "").partition("_")[0] == _SOURCE_LANGUAGE
    for context in root.iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            kind = "unfinished" if translation is None else translation.get("type")
            if kind == "unfinished" and (not is_source or message.get("numerus") == "yes"):
                yield f"{name}: {message.findtext('source')!r}{_misread(name)}"


def _misread(context: str) -> str:
    """Explain a context no Python class has: Qt would look for the text elsewhere and never find it.

    WORKAROUND: lupdate takes ``translate(…) + self.tr(…)`` in one statement for a method of a class "x.self".
    """
    return " (lupdate misread this: give it a statement of its own)" if "." in context else ""


def _collect(files: Sequence[Path]) -> None:
    """Let lupdate read everything once and merge it into each file."""
    sources = [*python_files(ROOT / place for place in _TEXTS_IN), *sorted(FORMS.glob("*.ui"))]
    options = ["-no-obsolete", "-locations", "none", "-extensions", "py,ui", "-silent"]
    with tempfile.TemporaryDirectory(prefix="wwphone-translations-") as folder:
        names = Path(folder, "sources.lst")
        names.write_text("\n".join(source.relative_to(ROOT).as_posix() for source in sources), "utf-8")
        for file in files:
            plurals = ["-pluralonly"] if file.stem.endswith(f"_{_SOURCE_LANGUAGE}") else []
            with step(f"texts for {file.name}") as shown:
                run(
                    shown,
                    [venv_program("pyside6-lupdate"), *options, *plurals, f"@{names}", "-ts", file],
                    folder=ROOT,
                )


if __name__ == "__main__":
    missing = missing_translations()
    print("\n".join(missing))
    sys.exit(1 if missing else 0)
