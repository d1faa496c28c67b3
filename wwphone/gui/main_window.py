"""The main window: header, banners, the dial field, call cards, and the panels that the rail chooses from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QToolButton

from wwphone.domain.actions import Action
from wwphone.domain.phonebook import Contact
from wwphone.gui.arrangement import Arrangement
from wwphone.gui.banners import Banners
from wwphone.gui.cards import Cards
from wwphone.gui.conference import Conference
from wwphone.gui.context import Context
from wwphone.gui.dial import DialField
from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.header import Header
from wwphone.gui.history_words import missed_count
from wwphone.gui.icons import Icon, icon
from wwphone.gui.modes import ModeChoice
from wwphone.gui.numbers import HomeCountry
from wwphone.gui.panels.colleagues import ColleaguesPanel
from wwphone.gui.panels.devices import DevicesPanel
from wwphone.gui.panels.history import HistoryPanel
from wwphone.gui.panels.phonebook import PhoneBookPanel
from wwphone.gui.panels.recordings import RecordingsPanel
from wwphone.gui.parking import Parking
from wwphone.gui.phonebook import PhoneBookChanges
from wwphone.gui.phonebook_files import PhoneBookFiles
from wwphone.gui.recording import Recording
from wwphone.gui.shortcuts import add_shortcut, press_by_enter
from wwphone.gui.shown import ShownChoice
from wwphone.gui.style import tokens
from wwphone.gui.transfers import Transfers
from wwphone.gui.waiting import Waiting

_CARDS_SHARE = 0.47
"""How much of the window's height the cards may take before they scroll."""
_PARKED_SHARE = 0.3
"""The same for the parked calls, and for the groups where somebody waits."""
_KEYS: Mapping[str, Action] = MappingProxyType(
    {"F5": Action.ANSWER, "F6": Action.HANG_UP, "F7": Action.HOLD, "F8": Action.MUTE}
)

_MAY_REPEAT = frozenset({"Ctrl+L", "Ctrl+Shift+P"})
"""Keys that lead to a place: held, they stay there. All others act, and do so once."""


class MainWindow(QMainWindow):
    """Composes the parts; each part follows its service by itself."""

    settings_wanted = Signal()
    sound_settings_wanted = Signal()
    sign_in_wanted = Signal()
    forwarding_wanted = Signal()
    journal_wanted = Signal()
    retranslated = Signal()
    painted = Signal()
    """The window stands on the screen for the first time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._is_painted = False
        self.on_closed: Callable[[], bool] = lambda: True
        """Asked when the person closes the window; False keeps the program running without it."""
        form = self._form = Ui_MainWindow()
        form.setupUi(self)
        self.banners = Banners(form.banners, context, self)
        self.header = Header(form, context, self.banners, self)
        self.mode_choice = ModeChoice(form, context, self.banners, self)
        self.dial_field = DialField(form.dial_field, form.dial_hint, context, self)
        self.shown_choice = ShownChoice(form.shown_button, context, self)
        self.cards = Cards(form, context, self.dial_field, self)
        self.waiting = Waiting(form, context, self.banners, self)
        self.parking = Parking(form, context, self.banners, self)
        self.conference = Conference(form, context, self.cards, self.banners, self)
        self.recording = Recording(context, self.cards, self.banners, self)
        self.transfers = Transfers(context, self.cards, self.banners, self.dial_field.focus, self)
        self.colleagues = ColleaguesPanel(context, form.central)
        self.phonebook = PhoneBookPanel(context, form.central)
        self.phonebook_changes = PhoneBookChanges(context, self.banners, self)
        self.home_country = HomeCountry(context, self)
        self.phonebook_files = PhoneBookFiles(context, self.phonebook, self)
        self.history = HistoryPanel(context, form.central)
        self.recordings = RecordingsPanel(context, form.central)
        self.devices = DevicesPanel(context, form.central)
        self._arrangement = Arrangement(
            form,
            (
                (form.colleagues_button, self.colleagues),
                (form.phonebook_button, self.phonebook),
                (form.history_button, self.history),
                (form.recordings_button, self.recordings),
                (form.devices_button, self.devices),
            ),
        )
        for part in (*self._arrangement.parts, form.banners, *self.banners.all):
            self.cards.still.watch(part)
        self._connect()
        self._add_shortcuts()
        self._draw()
        self._arrange()
        form.dial_field.setFocus()

    def activate(self) -> None:
        """Come to the front."""
        self.show()
        if self.windowState() & Qt.WindowState.WindowMinimized:
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    # ------------------------------------------------------------ Qt's side

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._form.retranslateUi(self)
            for part in (
                self.header,
                self.banners,
                self.mode_choice,
                self.dial_field,
                self.shown_choice,
                self.cards,
                self.waiting,
                self.parking,
                self.conference,
            ):
                part.retranslate()
            self._show_tasks()
            self.retranslated.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when there is something to see."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, as Space does."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing hides the window where an icon can bring it back, and ends the program elsewhere."""
        if not self.on_closed():
            event.ignore()
            self.hide()
            return
        super().closeEvent(event)

    # ------------------------------------------------------------ inside

    def _connect(self) -> None:
        form = self._form
        for button in (
            *(form.colleagues_button, form.phonebook_button, form.history_button),
            *(form.recordings_button, form.devices_button),
        ):
            button.toggled.connect(self._arrange)
        form.colleagues_button.clicked.connect(self.colleagues.begin)
        form.phonebook_button.clicked.connect(self.phonebook.begin)
        form.history_button.clicked.connect(self.history.begin)
        form.recordings_button.clicked.connect(self.recordings.begin)
        form.settings_button.clicked.connect(self.settings_wanted)
        self.phonebook.dial_wanted.connect(self.dial_field.dial)
        self.phonebook.new_wanted.connect(self.phonebook_changes.add)
        self.phonebook.edit_wanted.connect(self.phonebook_changes.edit)
        self.phonebook.sources.add_wanted.connect(self.phonebook_changes.take_over)
        self.phonebook.sources.dial_wanted.connect(self.dial_field.dial)
        self.phonebook_changes.sight_wanted.connect(self._on_contact_wanted)
        self.phonebook.delete_wanted.connect(self.phonebook_changes.delete)
        self.phonebook.favourite_wanted.connect(self.phonebook_changes.mark)
        self.phonebook.sign_in_wanted.connect(self.sign_in_wanted)
        self.history.dial_wanted.connect(self.dial_field.dial)
        self.history.add_wanted.connect(self.phonebook_changes.add)
        self.history.contact_wanted.connect(self.phonebook_changes.edit)
        self.history.noticed.connect(self.banners.say_notice)
        self.history.undo_offered.connect(self.banners.say_notice)
        self.history.problem_told.connect(self.banners.say_problem)
        self.history.sign_in_wanted.connect(self.sign_in_wanted)
        self.history.recording_wanted.connect(self._on_recording_wanted)
        self._connect_recordings()
        self._context.services.history.changed.subscribe(lambda _: self._show_tasks())
        self.cards.number_menu.add_wanted.connect(self.phonebook_changes.add)
        self.cards.number_menu.edit_wanted.connect(self.phonebook_changes.edit)
        self.devices.problem_told.connect(self.banners.say_problem)
        self.shown_choice.problem_told.connect(self.banners.say_problem)
        self._context.services.shown.changed.subscribe(self._on_shown_changed)
        self.cards.park_wanted.connect(self.parking.park)
        self.colleagues.dial_wanted.connect(self.dial_field.dial)
        self.colleagues.ringing.sight_wanted.connect(lambda: form.colleagues_button.setChecked(True))
        self.colleagues.call_dropped.connect(self.transfers.dropped)
        self.colleagues.transfer_wanted.connect(self._on_transfer_wanted)
        self.colleagues.problem_told.connect(self.banners.say_problem)
        self.colleagues.sign_in_wanted.connect(self.sign_in_wanted)
        self.header.reach.forwarding_wanted.connect(self.forwarding_wanted)
        self.header.journal_wanted.connect(self.journal_wanted)
        self.banners.sign_in_wanted.connect(self.sign_in_wanted)
        self.banners.devices_wanted.connect(form.devices_button.click)
        self.banners.sound_settings_wanted.connect(self.sound_settings_wanted)
        self._context.theme.changed.connect(self._draw)

    def _add_shortcuts(self) -> None:
        services = self._context.services
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl+L", self.dial_field.focus),
            ("Ctrl+D", self._form.disturb_button.click),
            ("Ctrl+G", self.header.ring_groups.focus),
            ("Ctrl+Shift+G", self.header.switches.focus),
            ("F9", self.colleagues.ringing.take_first),
            ("Shift+F9", self.waiting.take_longest),
            ("Ctrl+R", self.recording.press),
            ("Ctrl+Shift+R", self.recording.press_pause),
            ("Ctrl+P", self._park),
            ("Ctrl+Shift+P", self.parking.focus),
            *((keys, partial(services.actions.do, action)) for keys, action in _KEYS.items()),
            *((keys, partial(self._with_current, act)) for keys, act in (
                ("Ctrl+T", self.transfers.press),
                ("Ctrl+E", self.transfers.swap),
                ("Ctrl+B", self.transfers.back),
                ("Ctrl+M", services.merging.merge),
            )),
            *((keys, partial(self._with_ringing, act)) for keys, act in (
                ("Shift+F5", services.calls.decline),
                ("Shift+F6", services.transfer.send_to_voicemail),
                ("Ctrl+Shift+T", self.transfers.deflect),
            )),
        )  # fmt: skip
        for keys, act in acts:
            add_shortcut(keys, self, act, repeats=keys in _MAY_REPEAT)
        self._add_shortcuts_of_rail()

    def _add_shortcuts_of_rail(self) -> None:
        """Press the buttons at the left at once.

        A button's own shortcut clicks it a tenth of a second later (QAbstractButton.animateClick): what somebody types
        meanwhile would go where the keyboard was before.
        """
        form = self._form
        for keys, button in (
            ("Ctrl+1", form.colleagues_button),
            ("Ctrl+2", form.phonebook_button),
            ("Ctrl+3", form.history_button),
            ("Ctrl+4", form.recordings_button),
            ("Ctrl+5", form.conference_button),
            ("Ctrl+6", form.devices_button),
            ("Ctrl+,", form.settings_button),
        ):
            add_shortcut(keys, self, partial(_click, button))

    def _connect_recordings(self) -> None:
        self.recordings.dial_wanted.connect(self.dial_field.dial)
        self.recordings.noticed.connect(self.banners.say_notice)
        self.recordings.undo_offered.connect(self.banners.say_notice)
        self.recordings.problem_told.connect(self.banners.say_problem)
        self.recordings.sign_in_wanted.connect(self.sign_in_wanted)

    def _on_contact_wanted(self, contact: Contact) -> None:
        self._form.phonebook_button.setChecked(True)
        self.phonebook.lead_to(contact)

    def _on_recording_wanted(self, recording_id: str) -> None:
        self._form.recordings_button.setChecked(True)
        self.recordings.play(recording_id)

    def _on_shown_changed(self, _: None) -> None:
        self.dial_field.preview_again()

    def _park(self) -> None:
        call = self._context.services.actions.meant(Action.HOLD)
        if call:
            self.parking.park(call.call_id)

    def _with_current(self, act: Callable[[str], None]) -> None:
        call = self.cards.current()
        if call:
            act(call.call_id)

    def _with_ringing(self, act: Callable[[str], None]) -> None:
        """Whoever rings here, whatever else one is doing."""
        call = self._context.services.actions.meant(Action.ANSWER)
        if call:
            act(call.call_id)

    def _on_transfer_wanted(self, call_id: str, number: str) -> None:
        current = self.cards.current()
        call_id = call_id or (current.call_id if current else "")
        if call_id:
            self.transfers.begin_with(call_id, number)

    def _arrange(self) -> None:
        self._arrangement.arrange(self.size())
        self._form.cards_area.setMaximumHeight(round(self.height() * _CARDS_SHARE))
        for area in (self._form.waiting_area, self._form.parked_area):
            area.setMaximumHeight(round(self.height() * _PARKED_SHARE))

    def _draw(self) -> None:
        colours = self._context.theme.colours
        for button, which in (
            (self._form.colleagues_button, Icon.COLLEAGUES),
            (self._form.phonebook_button, Icon.PHONE_BOOK),
            (self._form.history_button, Icon.HISTORY),
            (self._form.recordings_button, Icon.RECORDINGS),
            (self._form.conference_button, Icon.CONFERENCE),
            (self._form.devices_button, Icon.DEVICES),
            (self._form.settings_button, Icon.SETTINGS),
        ):
            button.setIcon(icon(which, colours.text))
            button.setIconSize(QSize(tokens.SPACE_XL, tokens.SPACE_XL))
        self.setWindowIcon(icon(Icon.CALL, colours.accent))
        self._show_tasks()

    def _show_tasks(self) -> None:
        """How many missed calls wait, on the button and in its words."""
        button, colours = self._form.history_button, self._context.theme.colours
        count = self._context.services.history.open_tasks
        button.show_count(count, colours.negative, colours.on_negative)
        text = self.tr("History")
        if count:
            text = ", ".join((text, missed_count(count)))
        button.setAccessibleName(text)
        button.setToolTip(f"{text} (Ctrl+3)")


def _click(button: QToolButton) -> None:
    """Press it, if it is offered."""
    if not button.isHidden():
        button.click()
