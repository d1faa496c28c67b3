"""Forms and translations are made with Qt's own tools, and only when they changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from devtools.forms import top_class, with_types
from devtools.translations import unfinished
from tests.unit.devtools.small_project import SmallProject

FORM = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0">
 <class>HelloDialog</class>
 <widget class="QDialog" name="HelloDialog">
  <property name="windowTitle"><string>Hello form</string></property>
 </widget>
</ui>
"""

SOURCE = """
from PySide6.QtCore import QCoreApplication, QObject

class Greeting(QObject):
    def greet(self, count: int) -> str:
        word = QCoreApplication.translate("Greeting", "Good morning")
        return word + self.tr("%n call(s)", "", count)
"""

EMPTY = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n<TS version="2.1" language="{}"></TS>\n'


@pytest.fixture
def project(small_project: SmallProject) -> SmallProject:
    """One form, one source with texts, German and English."""
    small_project.write("ui/hello.ui", FORM)
    small_project.write("wwphone/__init__.py", "")
    small_project.write("wwphone/gui/greeting.py", SOURCE)
    small_project.write("translations/wwphone_de.ts", EMPTY.format("de_CH"))
    small_project.write("translations/wwphone_en.ts", EMPTY.format("en"))
    return small_project


def missing(project: SmallProject) -> str:
    """What the check of the translations, which is part of ``dev.py check``, prints."""
    words = [sys.executable, "-m", "devtools.translations"]
    done = subprocess.run(words, cwd=project.folder, capture_output=True, text=True, check=False)
    assert done.returncode == bool(done.stdout.strip()), done.stderr
    return done.stdout.strip()


def test_forms_are_made_once_and_removed_with_their_source(project: SmallProject) -> None:
    made = project.folder / "wwphone/gui/forms/ui_hello.py"

    assert "3 made" in project.run("translations").stderr
    assert "def setupUi(self, HelloDialog: QDialog) -> None:" in made.read_text("utf-8")
    assert "forms and translations: up to date" in project.run("translations").stderr.split("ready")[0]

    (project.folder / "ui/hello.ui").write_text(FORM.replace("Hello form", "Good bye"), "utf-8")
    assert "1 made" in project.run("translations").stderr
    assert "Good bye" in made.read_text("utf-8")

    (project.folder / "ui/hello.ui").unlink()
    assert "1 removed" in project.run("translations").stderr
    assert not made.exists()


def test_new_texts_are_collected_and_must_be_translated(project: SmallProject) -> None:
    german = project.folder / "translations/wwphone_de.ts"
    english = project.folder / "translations/wwphone_en.ts"

    assert "translations/wwphone_de.ts: HelloDialog: 'Hello form'" in missing(project)
    assert "Good morning" not in german.read_text("utf-8")

    assert "2 languages, 4 texts to translate" in project.run("translations").stderr
    assert sorted(unfinished(german)) == [
        "Greeting: '%n call(s)'",
        "Greeting: 'Good morning'",
        "HelloDialog: 'Hello form'",
    ]
    assert [*unfinished(english)] == ["Greeting: '%n call(s)'"]

    for file in german, english:
        text = file.read_text("utf-8").replace("<numerusform></numerusform>", "<numerusform>%n</numerusform>")
        text = text.replace(
            '<translation type="unfinished"></translation>', "<translation>Grüezi</translation>"
        )
        file.write_text(text.replace('<translation type="unfinished">', "<translation>"), "utf-8")
    assert missing(project) == ""


def test_compiled_translations_translate(project: SmallProject, tmp_path: Path) -> None:
    from PySide6.QtCore import QTranslator  # noqa: PLC0415 - Qt belongs to this test only

    project.run("translations")
    german = project.folder / "translations/wwphone_de.ts"
    text = german.read_text("utf-8")
    german.write_text(
        text.replace('<translation type="unfinished"></translation>', "<translation>Grüezi</translation>"),
        "utf-8",
    )
    project.run("translations")

    translator = QTranslator()
    assert translator.load(str(project.folder / "wwphone/gui/translations/wwphone_de.qm"))
    assert translator.translate("Greeting", "Good morning") == "Grüezi"


def test_a_language_is_begun(project: SmallProject) -> None:
    assert "3 languages" in project.run("translations", "fr_CH").stderr

    french = project.folder / "translations/wwphone_fr.ts"
    assert 'language="fr_CH"' in french.read_text("utf-8")
    assert "Greeting: 'Good morning'" in list(unfinished(french))
    assert "exists already" in project.run("translations", "fr_FR").stderr


def test_a_text_qt_would_not_find_is_told(project: SmallProject) -> None:
    misread = SOURCE.replace('"Good morning")\n        return word', '"Good morning")').replace(
        "word = ", "return "
    )
    project.write("wwphone/gui/greeting.py", misread)

    assert "translations/wwphone_de.ts: QCoreApplication.self: '%n call(s)' (lupdate misread" in missing(
        project
    )


def test_types_of_forms() -> None:
    code = "    def setupUi(self, Window):\n    def retranslateUi(self, Window):\n"

    assert top_class(FORM) == "QDialog"
    assert with_types(code, "QDialog") == (
        "    def setupUi(self, Window: QDialog) -> None:\n"
        "    def retranslateUi(self, Window: QDialog) -> None:\n"
    )
