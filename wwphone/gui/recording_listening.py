"""Listening to one recording: fetched while it plays, its waveform, its notes, and the buttons and keys that steer."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidgetItem, QToolButton, QWidget

from wwphone.cti.api import CommandRefusedError
from wwphone.domain.recording import (
    MAX_RECORDING_NOTE,
    RecordingEntry,
    RecordingNote,
    RecordingPurpose,
    Waveform,
)
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_recordings import Ui_Recordings
from wwphone.gui.icons import Icon, icon
from wwphone.gui.numbers import written
from wwphone.gui.player import SPEEDS, Player, PlayerState
from wwphone.gui.recording_actions import archive_refusal
from wwphone.gui.recording_menu import NoteMenu
from wwphone.gui.recording_words import moment_text, other_side
from wwphone.gui.style import tokens
from wwphone.gui.tooltips import plain
from wwphone.gui.widgets.waveform import WaveformView
from wwphone.gui.words import duration
from wwphone.services.recording_sound import OpenedSound

STEP_MS = 10_000
_NORMAL = SPEEDS.index(1.0)
_MOST_NOTES_SHOWN = 4
_NOTE_SPACING = 2


class RecordingListening(QObject):
    """One recording at a time, in the lower part of the panel."""

    changed = Signal()
    """Another recording, or none."""
    problem_told = Signal(str)

    def __init__(self, form: Ui_Recordings, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._context = context
        self._fetching: asyncio.Task[None] | None = None
        self._arrived = 1.0
        self._note_at_ms: int | None = None
        """The moment that what is being typed is about."""
        self.entry: RecordingEntry | None = None
        """What is being listened to."""
        self.player = Player(self)
        self.note_menu = NoteMenu(context, parent)
        self.waveform = WaveformView(context.theme)
        form.wave_column.addWidget(self.waveform)
        form.speed.addItems(["" for _ in SPEEDS])
        form.speed.setCurrentIndex(_NORMAL)
        form.notes.setSpacing(_NOTE_SPACING)
        form.note_field.setMaxLength(MAX_RECORDING_NOTE)
        self._tools = (
            (form.back_button, Icon.BACK_10, lambda: self.step(-STEP_MS)),
            (form.on_button, Icon.ON_10, lambda: self.step(STEP_MS)),
            (form.play_button, Icon.RESUME, self.toggle),
            (form.close_button, Icon.CLOSE, self.close),
            (form.note_button, Icon.ADD, self._on_note_entered),
        )
        for button, _, act in self._tools:
            button.setIconSize(QSize(tokens.ICON, tokens.ICON))
            button.clicked.connect(lambda _=False, act=act: act())
        self._connect()
        form.player.hide()

    def begin(self, entry: RecordingEntry) -> None:
        """Play this one; the one that is there already goes on."""
        if self.entry is not None and self.entry.recording_id == entry.recording_id:
            if self.player.state is PlayerState.PAUSED:
                self.player.play()
            return
        self.close()
        self.entry = entry
        self._arrived = 0.0
        self.waveform.show_sound(Waveform(), entry.length_ms, entry.pauses)
        self._show_entry()
        self._form.player.show()
        self._fetching = self._context.tasks.start(self._fetch(entry))
        self.changed.emit()
        self.waveform.setFocus()

    def close(self) -> None:
        """Listen to nothing any more; the sound is forgotten."""
        if self._fetching is not None:
            self._fetching.cancel()
            self._fetching = None
        self.player.unload()
        self._form.player.hide()
        if self.entry is not None:
            self.entry = None
            self.changed.emit()

    def follow(self, entry: RecordingEntry) -> None:
        """What is known of the recording is other than before: it was noted on."""
        self.entry = entry
        self._show_entry()

    def toggle(self) -> None:
        """Play or pause."""
        if self.player.state is PlayerState.PLAYING:
            self.player.pause()
        else:
            self.player.play()

    def step(self, by_ms: int) -> None:
        """Go back or on."""
        if self.entry is not None:
            self.seek(max(0, min(self.entry.length_ms, self.player.position_ms + by_ms)))

    def seek(self, at_ms: int) -> None:
        """Go to a moment."""
        if self.entry is not None:
            self.player.seek(at_ms)

    def retranslate(self) -> None:
        """Put every text anew."""
        for place, speed in enumerate(SPEEDS):
            self._form.speed.setItemText(place, f"{speed:g} ×")
        text = self.tr("Above: you. Below: the others. Click to go there.")
        self.waveform.setToolTip(text)
        self.waveform.setAccessibleDescription(text)
        if self.entry is not None:
            self._show_entry()

    def draw(self) -> None:
        """Follow the colours."""
        colours = self._context.theme.colours
        for button, which, _ in self._tools:
            button.setIcon(icon(which, colours.text))
        self._show_state()
        self.waveform.update()

    # ------------------------------------------------------------ building

    def _connect(self) -> None:
        form, services = self._form, self._context.services
        form.speed.activated.connect(lambda place: self.player.set_speed(SPEEDS[place]))
        form.note_field.returnPressed.connect(self._on_note_entered)
        form.note_field.textEdited.connect(self._on_note_edited)
        form.notes.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        form.notes.customContextMenuRequested.connect(self._on_note_menu_wanted)
        form.notes.installEventFilter(self)
        self.note_menu.edit_wanted.connect(self.edit_note)
        self.note_menu.remove_wanted.connect(self.remove_note)
        form.notes.itemActivated.connect(self._on_note_activated)
        form.notes.itemClicked.connect(self._on_note_activated)
        self.waveform.seek_wanted.connect(self.seek)
        self.waveform.toggle_wanted.connect(self.toggle)
        self.player.changed.connect(self._show_state)
        self.player.moved.connect(self._on_moved)
        services.calls.changed.subscribe(lambda call: self.player.pause() if call.end is None else None)
        services.sound.changed.subscribe(lambda _: self._use_speaker())

    def _use_speaker(self) -> None:
        sound = self._context.services.sound.snapshot
        chosen = [one for one in sound.devices if one.device_id == sound.selection.speaker]
        self.player.use_speaker(chosen[0] if chosen else None)

    # ------------------------------------------------------------ the sound

    async def _fetch(self, entry: RecordingEntry) -> None:
        sound: OpenedSound | None = None
        try:
            sound = await self._context.services.recordings.open(entry.recording_id, RecordingPurpose.PLAY)
            self.waveform.show_sound(sound.waveform, entry.length_ms, entry.pauses)
            self._use_speaker()
            await self.player.load(sound.sound)
            await sound.fetch(self._on_arrived)
        except CommandRefusedError as error:
            self.problem_told.emit(archive_refusal(error.error))
            self._fetching = None
            self.close()
        except asyncio.CancelledError:
            if sound is not None:
                sound.sound.close()
            raise

    def _on_arrived(self, share: float) -> None:
        self._arrived = share
        self._show_state()

    def _on_moved(self, at_ms: int) -> None:
        self.waveform.show_position(at_ms)
        self._show_time()

    # ------------------------------------------------------------ notes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list of notes: F2 writes one anew, Del takes it away."""
        del watched
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        note, acts = self._chosen_note(), {Qt.Key.Key_F2: self.edit_note, Qt.Key.Key_Delete: self.remove_note}
        if note is None or event.key() not in acts or not self._context.services.recordings.live:
            return False
        if not event.isAutoRepeat():
            acts[Qt.Key(event.key())](note)
        return True

    def _chosen_note(self) -> RecordingNote | None:
        note = self._form.notes.currentIndex().data(Qt.ItemDataRole.UserRole)
        return note if isinstance(note, RecordingNote) else None

    def _on_note_menu_wanted(self, at: QPoint) -> None:
        note = self._chosen_note()
        if note is not None:
            self.note_menu.open(note, self._form.notes.viewport().mapToGlobal(at))

    def _on_note_edited(self, text: str) -> None:
        """A note is about the moment at which one begins to write it, while the voices go on."""
        if not text:
            self._note_at_ms = None
        elif self._note_at_ms is None:
            self._note_at_ms = self.player.position_ms

    def _on_note_entered(self) -> None:
        text = " ".join(self._form.note_field.text().split())
        if self.entry is not None and text:
            at_ms = self.player.position_ms if self._note_at_ms is None else self._note_at_ms
            self._form.note_field.clear()
            self._note_at_ms = None
            at_ms = min(at_ms, self.entry.length_ms)
            self._context.run(self._set_note(self.entry.recording_id, at_ms, text))

    def remove_note(self, note: RecordingNote) -> None:
        """Take a note away."""
        if self.entry is not None:
            self._context.run(self._set_note(self.entry.recording_id, note.at_ms, ""))

    def edit_note(self, note: RecordingNote) -> None:
        """Go to its moment and write it anew."""
        self.seek(note.at_ms)
        self._note_at_ms = note.at_ms
        self._form.note_field.setText(note.text)
        self._form.note_field.setFocus()

    async def _set_note(self, recording_id: str, at_ms: int, text: str) -> None:
        try:
            await self._context.services.recordings.set_note(recording_id, at_ms, text)
        except CommandRefusedError as error:
            self.problem_told.emit(archive_refusal(error.error))
            if text:
                self._form.note_field.setText(text)  # what was typed is not lost
                self._note_at_ms = at_ms

    def _on_note_activated(self, item: QListWidgetItem) -> None:
        note = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(note, RecordingNote):
            self.seek(note.at_ms)

    # ------------------------------------------------------------ what is shown

    def _show_entry(self) -> None:
        entry, form = self.entry, self._form
        assert entry is not None
        name = written(other_side(self._context, entry).name)
        form.player_title.setText(f"{name} · {moment_text(entry)}")
        self.waveform.show_notes(tuple(note.at_ms for note in entry.notes))
        self._show_notes(entry)
        self._show_state()

    def _show_notes(self, entry: RecordingEntry) -> None:
        listed, row = self._form.notes, self._form.notes.currentRow()
        listed.clear()
        for note in entry.notes:
            item = QListWidgetItem(f"{duration(note.at_ms / 1000)}  {note.text}")
            item.setData(Qt.ItemDataRole.UserRole, note)
            item.setToolTip(plain(note.text))
            listed.addItem(item)
        listed.setCurrentRow(min(row, listed.count() - 1))
        listed.setVisible(bool(entry.notes))
        if entry.notes:
            row = listed.sizeHintForRow(0) + 2 * _NOTE_SPACING
            listed.setMinimumHeight(row + 2 * listed.frameWidth())  # they give way in a low window
            rows = min(len(entry.notes), _MOST_NOTES_SHOWN)
            listed.setMaximumHeight(rows * row + 2 * listed.frameWidth())

    def _show_state(self) -> None:
        form, state = self._form, self.player.state
        playing = state is PlayerState.PLAYING
        form.play_button.setIcon(
            icon(Icon.HOLD if playing else Icon.RESUME, self._context.theme.colours.text)
        )
        _explain(form.play_button, self.tr("Pause (Space)") if playing else self.tr("Play (Space)"))
        if state is PlayerState.FAILED:
            text = self.tr("It cannot be played here. Export it to play it elsewhere.")
        elif self._arrived < 1:
            text = self.tr("{percent} % fetched").replace("{percent}", str(round(self._arrived * 100)))
        else:
            text = ""
        form.player_state.setText(text)
        form.player_state.setVisible(bool(text))
        live = self._context.services.recordings.live
        form.note_field.setEnabled(live)
        form.note_button.setEnabled(live)
        self._show_time()

    def _show_time(self) -> None:
        if self.entry is None:
            return
        at, length = duration(self.player.position_ms / 1000), duration(self.entry.length_ms / 1000)
        self._form.time.setText(f"{at} / {length}")
        text = QCoreApplication.translate("Recordings", "Waveform: {time} of {length}")
        self.waveform.setAccessibleName(text.replace("{time}", at).replace("{length}", length))


def _explain(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)
