"""What a person sees of the window, and what their hand does: only visible widgets, by the words on them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QWidget

Kind = TypeVar("Kind", bound=QWidget)


def words(widget: QWidget) -> str:
    """What a widget says, or is called by a screen reader."""
    match widget:
        case QLabel():
            return widget.accessibleName() or widget.text()
        case QAbstractButton():
            return widget.text().replace("&", "") or widget.accessibleName()
    return widget.accessibleName()


def visible(kind: type[Kind], within: QWidget) -> list[Kind]:
    """All visible parts of a kind."""
    return [part for part in within.findChildren(kind) if part.isVisible()]


def texts(within: QWidget) -> list[str]:
    """Everything that can be read."""
    return [text for part in visible(QWidget, within) if (text := words(part))]


def button(text: str, within: QWidget) -> QAbstractButton:
    """The visible button of this text; one may name its key behind it."""
    buttons = visible(QAbstractButton, within)
    found = [each for each in buttons if words(each) == text or words(each).startswith(f"{text} (")]
    assert found, f"no button {text!r} among {[words(each) for each in buttons]}"
    return found[0]


def has_button(text: str, within: QWidget) -> bool:
    """Whether there is a visible button of this text."""
    return any(words(each).startswith(text) for each in visible(QAbstractButton, within))


def click(text: str, within: QWidget) -> None:
    """Press a button with the mouse."""
    found = button(text, within)
    assert found.isEnabled(), f"{text!r} cannot be pressed"
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def press(
    widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press a key while a widget, or the pop-up above it, has the keyboard."""
    QTest.keyClick(QApplication.activePopupWidget() or widget, key, modifier)


def press_held(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    """What comes again and again while a key is held, after its first press."""
    held = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, autorep=True)
    QApplication.sendEvent(QApplication.activePopupWidget() or widget, held)


def type_into(widget: QWidget, text: str) -> None:
    """Type letter by letter; a list that pops up meanwhile gets them, as on a real screen."""
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            # Not QTest's keyClick: it knows ASCII only.
            event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(QApplication.activePopupWidget() or widget, event)


def choose(menu: QMenu, *path: str) -> None:
    """Choose an entry of a menu, through its submenus."""
    for text in path[:-1]:
        below = next(action.menu() for action in menu.actions() if action.text() == text)
        assert isinstance(below, QMenu)
        menu = below
    next(action for action in menu.actions() if action.text() == path[-1]).trigger()


def recorded(signal: SignalInstance) -> list[tuple[object, ...]]:
    """Note what a signal carries from now on."""
    notes: list[tuple[object, ...]] = []
    signal.connect(lambda *values: notes.append(values))
    return notes
