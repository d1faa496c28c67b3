"""The settings: sound with a live level meter, and the pages made from the option table."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from wwphone.gui.call_pages_page import CallPagesPage
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_settings import Ui_SettingsWindow
from wwphone.gui.general_page import GeneralPage
from wwphone.gui.hotkeys_page import HotkeysPage
from wwphone.gui.icons import Icon, icon
from wwphone.gui.mail_page import MailPage
from wwphone.gui.sound_page import SoundPage
from wwphone.gui.style import tokens


class SettingsPage(IntEnum):
    """The pages, in their order."""

    SOUND = 0
    GENERAL = 1
    HOTKEYS = 2
    PAGES = 3
    MAIL = 4
    """For administrators only."""


class SettingsWindow(QDialog):
    """Every change counts at once; there is nothing to confirm."""

    forwarding_wanted = Signal()
    journal_wanted = Signal()
    conference_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        form = self._form = Ui_SettingsWindow()
        form.setupUi(self)
        form.pages.addItems(["" for _ in SettingsPage])
        form.pages.setIconSize(QSize(tokens.ICON, tokens.ICON))
        form.pages.currentRowChanged.connect(form.stack.setCurrentIndex)
        self.sound = SoundPage(form, context, self)
        self.general = GeneralPage(form, context, self)
        self.hotkeys = HotkeysPage(form, context, self)
        self.call_pages = CallPagesPage(form, context, self)
        self.mail = MailPage(form, context, self)
        self.general.signed_out.connect(self.hide)
        self.general.forwarding_wanted.connect(self.forwarding_wanted)
        self.general.journal_wanted.connect(self.journal_wanted)
        self.general.conference_wanted.connect(self.conference_wanted)
        context.theme.changed.connect(self._draw)
        self._retranslate()
        self._draw()
        form.pages.setCurrentRow(SettingsPage.SOUND)
        form.pages.currentRowChanged.connect(lambda _: self._look_at_mail())
        context.services.mail.changed.subscribe(lambda _: self._offer_mail())
        self._offer_mail()

    def show_page(self, page: SettingsPage) -> None:
        """Open at a page."""
        if not self._form.pages.item(page).isHidden():
            self._form.pages.setCurrentRow(page)
        self.show()
        self.raise_()
        self.activateWindow()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            self._retranslate()
            self.sound.retranslate()
            for page in (self.general, self.hotkeys, self.call_pages, self.mail):
                page.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """The level meter runs only while somebody looks."""
        super().showEvent(event)
        self._context.services.sound.measure(on=True)
        self._look_at_mail()

    def hideEvent(self, event: QHideEvent) -> None:
        """See showEvent."""
        super().hideEvent(event)
        self._context.services.sound.measure(on=False)
        self.hotkeys.leave()
        self.call_pages.leave()
        self._look_at_mail()

    def _offer_mail(self) -> None:
        """The page on e-mail comes and goes with the right to administrate."""
        pages, mine = self._form.pages, self.mail.is_for_me
        pages.item(SettingsPage.MAIL).setHidden(not mine)
        if not mine and pages.currentRow() == SettingsPage.MAIL:
            pages.setCurrentRow(SettingsPage.SOUND)

    def _look_at_mail(self) -> None:
        """The queue is looked at only while somebody does."""
        self.mail.look(on=self.isVisible() and self._form.pages.currentRow() == SettingsPage.MAIL)

    def _retranslate(self) -> None:
        for page, text in (
            (SettingsPage.SOUND, self.tr("Sound")),
            (SettingsPage.GENERAL, self.tr("General")),
            (SettingsPage.HOTKEYS, self.tr("Hot-keys")),
            (SettingsPage.PAGES, self.tr("Pages")),
            (SettingsPage.MAIL, self.tr("E-mail")),
        ):
            self._form.pages.item(page).setText(text)

    def _draw(self) -> None:
        colour = self._context.theme.colours.text
        for page, which in (
            (SettingsPage.SOUND, Icon.SOUND),
            (SettingsPage.GENERAL, Icon.GENERAL),
            (SettingsPage.HOTKEYS, Icon.HOTKEYS),
            (SettingsPage.PAGES, Icon.PAGES),
            (SettingsPage.MAIL, Icon.EMAIL),
        ):
            self._form.pages.item(page).setIcon(icon(which, colour))
