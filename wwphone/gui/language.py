"""The language of the window, changed while it runs."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "de")
_SOURCE_LANGUAGE = "en"
FOLDER = Path(__file__).parent / "translations"


class Language:
    """Installs the translations of one language; widgets hear of it by QEvent.LanguageChange."""

    def __init__(self, choice: str = "system") -> None:
        self._installed: list[QTranslator] = []
        self.code = "en"
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Take `en`, `de`, or `system` from now on."""
        code = QLocale.system().name()[:2] if choice == "system" else choice
        self.code = code if code in LANGUAGES else "en"
        self.close()
        QLocale.setDefault(_locale(self.code))
        for name, folder in (
            (f"wwphone_{self.code}", str(FOLDER)),
            (f"qtbase_{self.code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ):
            translator = QTranslator()
            if translator.load(name, folder):
                QCoreApplication.installTranslator(translator)
                self._installed.append(translator)
            elif name.startswith("wwphone") and self.code != _SOURCE_LANGUAGE:
                logger.warning("the translation %s is missing: the texts stay English", name)

    def close(self) -> None:
        """Take the translations away."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()


def _locale(code: str) -> QLocale:
    """The system's own region where it speaks this language, else the language's usual one."""
    system = QLocale.system()
    if system.name().startswith(code):
        return system
    return QLocale("de_CH" if code == "de" else "en_GB")
