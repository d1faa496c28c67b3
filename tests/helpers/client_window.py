"""The real client, steered and read through its window: ``python -m tests.helpers.client_window``, JSON lines on stdin.

The first line is the order: who, where, with which settings. Every further line is a command with an ``id``; its answer
bears the same ``id``. Nothing here knows a service of the client: what can be seen is read from the visible widgets, what
a person does is done with mouse and keyboard.

| command | fields | answer |
|---|---|---|
| ``see`` | none | all visible windows as trees of what they say |
| ``click`` | ``says``, ``within`` | presses the visible button of this text inside a part that says ``within`` |
| ``choose`` | ``says``, ``within``, ``entry`` | chooses an entry of the menu behind a visible button |
| ``select`` | ``into``, ``entry`` | selects an entry, by its beginning, of the visible list of this name |
| ``type`` | ``into``, ``text``, ``enter`` | replaces what stands in the visible field of this name |
| ``key`` | ``keys`` | presses a key, such as ``F9``, wherever the keyboard is in the main window |
| ``painted`` | ``since`` | what was painted when (monotonic clock), from this entry on |
| ``picture`` | ``path`` | stores the main window as PNG |
| ``quit`` | none | ends the program in order |
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QTableView,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from demo.window import SecretsInMemory
from wwphone.app.main import run, sounds_folder
from wwphone.app.program import Program
from wwphone.config import options
from wwphone.config.logs import start_logging
from wwphone.config.paths import Paths
from wwphone.config.settings import Settings
from wwphone.cti.link import WebSocketLink
from wwphone.protocol.account import ClientInfo
from wwphone.services.bundle import Ground
from wwphone.sip.api import EngineSettings
from wwphone.sip.pjsua.engine import PjsuaEngine

Tree = dict[str, Any]


class NotThereError(Exception):
    """What a command names is not to be seen."""


def says(widget: QWidget) -> str:
    """The words a person reads on a widget, or a screen reader reads out; never what is typed into a secret field."""
    match widget:
        case QLineEdit():
            return widget.text() if widget.echoMode() is QLineEdit.EchoMode.Normal else ""
        case QComboBox():
            return widget.currentText()
        case QLabel():
            return widget.accessibleName() or widget.text()
        case QAbstractButton():
            return widget.text().replace("&", "") or widget.accessibleName()
        case QPlainTextEdit() if widget.isReadOnly():
            return widget.toPlainText()
    return widget.windowTitle() if widget.isWindow() else widget.accessibleName()


def rows(view: QAbstractItemView) -> list[str]:
    """What each row of a list says that is to be seen, headings included; of a table, its columns one after the other."""
    return [text for _, text in _shown_rows(view)]


def _shown_rows(view: QAbstractItemView) -> list[tuple[int, str]]:
    model = view.model()
    top = QModelIndex()
    match view:
        case QTableView():
            count = view.horizontalHeader().count()
        case QTreeWidget():
            count = view.columnCount()
        case _:
            count = 1
    columns = range(count)
    return [
        (row, ", ".join(filter(None, (_cell(model.index(row, column, top)) for column in columns))))
        for row in range(model.rowCount())
        if not (isinstance(view, QListView) and view.isRowHidden(row))
    ]


def _cell(place: QModelIndex) -> str:
    return str(
        place.data(Qt.ItemDataRole.AccessibleTextRole) or place.data(Qt.ItemDataRole.DisplayRole) or ""
    )


def tree(widget: QWidget) -> Tree:
    """What a visible widget says, and what its visible parts say."""
    found: Tree = {"kind": type(widget).__name__, "name": widget.objectName(), "says": says(widget)}
    if widget.accessibleDescription():
        found["hint"] = widget.accessibleDescription()
    if widget.property("role"):
        found["role"] = str(widget.property("role"))
    if isinstance(widget, QAbstractButton):
        found |= {"enabled": widget.isEnabled(), "checked": widget.isChecked()}
    if isinstance(widget, QAbstractItemView):
        return found | {"rows": rows(widget)}
    found["parts"] = [tree(part) for part in _visible_parts(widget)]
    return found


def _visible_parts(widget: QWidget) -> list[QWidget]:
    parts = widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [part for part in parts if part.isVisible() and not part.isWindow()]


def visible_windows() -> list[QWidget]:
    """Every window on the screen."""
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


class PaintedWatch(QObject):
    """Notes each new text at the moment it is painted; a list's rows one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[float, str, str]] = []
        """Monotonic time, name of the widget, what it says."""
        self._last: dict[int, list[str]] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            parent = watched.parent()
            if isinstance(parent, QAbstractItemView):
                self._note(parent, rows(parent))
            else:
                self._note(watched, [says(watched)])
        return False

    def _note(self, widget: QWidget, texts: list[str]) -> None:
        last = self._last.get(id(widget), [])
        if texts == last:
            return
        self._last[id(widget)] = texts
        now_s = time.monotonic()
        name = widget.objectName() or type(widget).__name__
        self.notes += [(now_s, name, text) for text in texts if text and text not in last]


class Hand:
    """Carries out the commands."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._painted = PaintedWatch()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self._painted)

    def take(self, command: dict[str, Any]) -> Any:
        """Do what is asked and return the answer. Raises NotThereError, KeyError."""
        match command["do"]:
            case "see":
                return [tree(window) for window in visible_windows()]
            case "click":
                return self._click(command["says"], command["within"])
            case "choose":
                return self._choose(command["says"], command["within"], command["entry"])
            case "select":
                return self._select(command["into"], command["entry"])
            case "type":
                return self._type(command["into"], command["text"], enter=command["enter"])
            case "key":
                QTest.keySequence(self._program.shell.window, QKeySequence(command["keys"]))
                return None
            case "painted":
                return self._painted.notes[command["since"] :]
            case "picture":
                return self._program.shell.window.grab().save(command["path"])
            case "quit":
                self._program.quit()
                return None
        raise KeyError(command["do"])

    def _choose(self, text: str, within: str, entry: str) -> None:
        for button in _all(QToolButton):
            if text == says(button) and _is_within(button, within) and button.menu() is not None:
                button.menu().aboutToShow.emit()  # some are filled when they open
                for action in button.menu().actions():
                    if action.text().startswith(entry) and action.isEnabled():
                        action.trigger()
                        return
        raise NotThereError(f"there is no entry {entry!r} behind {text!r} within {within!r}")

    def _select(self, into: str, entry: str) -> None:
        for field in _all(QComboBox):
            place = field.findText(entry)
            if into == field.objectName() and place >= 0:
                field.setCurrentIndex(place)
                field.activated.emit(place)  # as after a click
                return
        for view in _all(QAbstractItemView):
            found = [place for place, row in _shown_rows(view) if row.startswith(entry)]
            if into == view.objectName() and found:
                view.setCurrentIndex(view.model().index(found[0], 0))
                return
        raise NotThereError(f"there is no entry {entry!r} in a list {into!r}")

    def _click(self, text: str, within: str) -> None:
        buttons = [button for button in _all(QAbstractButton) if _is_within(button, within)]
        exact = [button for button in buttons if text in (says(button), button.objectName())]
        # A button may name its key behind what it does: "Hold the call (F7)".
        found = exact or [button for button in buttons if says(button).startswith(f"{text} (")]
        if not found:
            raise NotThereError(f"there is no button {text!r} within {within!r}")
        if not found[0].isEnabled():
            raise NotThereError(f"the button {text!r} cannot be pressed now")
        QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)

    def _type(self, into: str, text: str, *, enter: bool) -> None:
        for field in (*_all(QLineEdit), *_all(QPlainTextEdit), *_all(QAbstractSpinBox)):
            if into in (field.objectName(), field.accessibleName()):
                field.setFocus()
                field.selectAll()
                QTest.keyClick(field, Qt.Key.Key_Delete)
                for letter in text:
                    _press_letter(_keyboard_of(field), letter)
                if enter:
                    QTest.keyClick(_keyboard_of(field), Qt.Key.Key_Return)
                return
        raise NotThereError(f"there is no field {into!r}")


def _press_letter(widget: QWidget, letter: str) -> None:
    if letter == "\n":
        QTest.keyClick(widget, Qt.Key.Key_Return)
        return
    if letter.isascii():
        QTest.keyClicks(widget, letter)
        return
    for what in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):  # QTest knows the keys of ASCII only
        QApplication.sendEvent(widget, QKeyEvent(what, 0, Qt.KeyboardModifier.NoModifier, letter))


def _keyboard_of(field: QWidget) -> QWidget:
    """Who gets the keys while somebody types into a field: a list that popped up below it has them."""
    return QApplication.activePopupWidget() or field


def _all(kind: type[Any]) -> list[Any]:
    """All visible widgets of a kind, in every window."""
    return [part for window in visible_windows() for part in window.findChildren(kind) if part.isVisible()]


def _is_within(widget: QWidget, words: str) -> bool:
    if not words:
        return True
    above: QWidget | None = widget
    while above is not None:
        if words in above.accessibleName() or (above.isWindow() and words in above.windowTitle()):
            return True
        above = above.parentWidget()
    return False


class Conversation:
    """Command lines in, answer lines out."""

    def __init__(self, hand: Hand, output: IO[str]) -> None:
        self._hand = hand
        self._output = output

    def take(self, line: str) -> None:
        """Answer one line."""
        command = json.loads(line)
        try:
            self._answer(command["id"], answer=self._hand.take(command))
        except (NotThereError, KeyError) as failure:
            self._answer(command["id"], failure=str(failure))

    def _answer(self, number: int, **fields: Any) -> None:
        print(json.dumps({"id": number, **fields}), file=self._output, flush=True)


def read_lines(source: IO[str], take: Callable[[str], object], ended: Callable[[], object]) -> None:
    """Hand over each line on the loop's thread; the end of the lines ends the program."""
    loop = asyncio.get_event_loop()

    def read() -> None:
        for line in source:
            loop.call_soon_threadsafe(take, line)
        if loop.is_running():
            loop.call_soon_threadsafe(ended)

    threading.Thread(target=read, name="commands", daemon=True).start()


def ground_of(order: dict[str, Any], paths: Paths) -> Ground:
    """The real parts, with settings and secrets as ordered."""
    settings = Settings(paths.settings_file)
    given = {
        options.SERVER_HOST: order["host"],
        options.SERVER_PORT: order["port"],
        options.SERVER_AUTHORITY: order["authority"],
        options.USER: order["user"],
        options.LANGUAGE: "en",
    }
    for option, value in given.items():
        settings.set(option, value)
    for key, value in order["settings"].items():
        settings.set(options.OPTIONS[key], value)
    password = order["password"]
    secrets = SecretsInMemory({f"{order['user']}@{order['host']}": password} if password else {})
    link = WebSocketLink(ClientInfo("0.0", order["pc"]))
    return Ground(PjsuaEngine(), link, settings, secrets, sounds_folder())


def main() -> int:
    """Read the order, be the client."""
    order = json.loads(sys.stdin.readline())
    home = Path(order["home"])
    paths = Paths(home / "settings", home / "data", home / "cache", home / "log").make()
    start_logging(paths.log_file, verbose=True)
    kept: list[Conversation] = []
    """Its event filter must die on this thread: the thread that reads lines may be the last to know it otherwise."""
    # PJSIP may print to stdout: that is kept for answers, and everything else goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)

        def prepare(program: Program) -> None:
            conversation = Conversation(Hand(program), output)
            kept.append(conversation)
            print(json.dumps({"id": 0, "answer": time.monotonic()}), file=output, flush=True)
            read_lines(sys.stdin, conversation.take, program.quit)

        settings = EngineSettings(user_agent=f"wwphone test ({order['pc']})", bind_address="127.0.0.1")
        return run("", paths, lambda paths: ground_of(order, paths), prepare, settings)


if __name__ == "__main__":
    sys.exit(main())
