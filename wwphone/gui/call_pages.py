"""Opens the pages that calls ask for, in whatever program the desktop has for them."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from wwphone.services.call_pages import CallPagesService

logger = logging.getLogger(__name__)


def open_page(address: str) -> bool:
    """Ask the desktop to open an address; False: it has no program for it. What opens starts by itself."""
    return QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode))


class PageOpener(QObject):
    """Waits until the call itself is shown: a page never delays it."""

    def __init__(self, pages: CallPagesService) -> None:
        super().__init__()
        self._unsubscribe = pages.wanted.subscribe(self._on_wanted)

    def close(self) -> None:
        """Open nothing any more."""
        self._unsubscribe()
        self.deleteLater()

    def _on_wanted(self, address: str) -> None:
        QTimer.singleShot(0, self, lambda: self._open(address))

    @staticmethod
    def _open(address: str) -> None:
        if not open_page(address):  # the address itself holds a person's name: not for the log
            logger.warning("the desktop has no program that opens the page of a call")
