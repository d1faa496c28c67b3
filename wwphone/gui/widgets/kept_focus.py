"""The keyboard stays where the person put it, while a button or field cannot be used for a moment, or gives way to another."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class KeptFocus(QObject):
    """Watches widgets of one window.

    Qt hands the focus of a widget that is disabled or hidden to the next one, so a second press of Space would do
    something else than the first. Here it waits for a disabled widget, unless the person goes elsewhere meanwhile, and
    goes from a hidden one to the first named for it that can be used, or to none.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._waiting: QWidget | None = None
        """The disabled one that had the focus."""
        self._left_at: QWidget | None = None
        """What had the focus when the person went to another window: there Qt tells of no focus that goes."""
        self._heirs: dict[QWidget, tuple[QWidget, ...]] = {}
        parent.installEventFilter(self)

    def watch(self, widgets: Iterable[QWidget], heirs: Iterable[QWidget] = ()) -> None:
        """Keep the focus of these; `heirs`: who gets it from one that is hidden."""
        for widget in widgets:
            self._heirs[widget] = tuple(heirs)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the class."""
        if not isinstance(watched, QWidget):
            return False
        if event.type() in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate):
            left = event.type() == QEvent.Type.WindowDeactivate
            self._left_at = watched.window().focusWidget() if left else None
        elif event.type() == QEvent.Type.FocusOut and not watched.isEnabled():
            self._waiting = watched
        elif event.type() == QEvent.Type.EnabledChange and watched in (self._waiting, self._left_at):
            self._on_enabled_changed(watched)
        elif event.type() == QEvent.Type.Hide and self._gives_way(watched):
            self._hand_on(watched)
        return False

    # ------------------------------------------------------------ inside

    def _on_enabled_changed(self, widget: QWidget) -> None:
        focus: QWidget | None = self._window.focusWidget()
        if not widget.isEnabled():
            self._waiting, self._left_at = widget, None
            if focus is not None:  # Qt's choice, not the person's
                focus.clearFocus()
            return
        if self._waiting is not widget:
            return
        self._waiting = None
        if focus is None and widget.isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _gives_way(self, widget: QWidget) -> bool:
        """Whether it alone is hidden, and not the whole window, which may be on its way out of memory."""
        window = widget.window()
        if not window.isVisible() or widget.isVisibleTo(window):
            return False
        return window.focusWidget() is widget or self._waiting is widget

    def _hand_on(self, widget: QWidget) -> None:
        self._waiting = None
        for heir in self._heirs[widget]:
            if heir.isVisible() and heir.isEnabled():
                heir.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        widget.clearFocus()
