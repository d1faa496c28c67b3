"""Where the parts of the main window stand: one below the other in a narrow window, side by side in a wide one.

All of them lie in one grid and only change their cells, so nothing loses its focus or its place in a list.

    narrow:  phone  phone        wide:  rail  phone   colleagues
             rail   panel               rail  panel   colleagues

What the header says of reachability has a row of its own in a narrow window, and stands before the presence in a wide one.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from wwphone.gui.forms.ui_main_window import Ui_MainWindow
from wwphone.gui.style import tokens
from wwphone.gui.widgets.heights import least_height, needed_height

WIDE_FROM = 900
"""From this width on the panels stand side by side."""

_NEEDS_OTHER_ROOM = (QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)
_PHONE_ROW, _PANEL_ROW = 2, 3
_RAIL, _LEFT, _RIGHT = 0, 1, 2


class Arrangement(QObject):
    """Puts the panels, which lie on the form's centre, into its grid; each has a button in the rail, the first panel is the main one."""

    def __init__(self, form: Ui_MainWindow, panels: Sequence[tuple[QToolButton, QWidget]]) -> None:
        super().__init__(form.central)
        self._form = form
        self._grid: QGridLayout = form.grid
        self._panels = tuple(panels)
        self._wide: bool | None = None
        self._size = QSize(0, 0)
        self._room = 1
        """How much of the height rail and panel may insist on, in pixels."""
        self._beside = self._panels[1][1]
        """Which panel stands below the phone in a wide window."""
        self.parts = (form.rail_area, *(panel for _, panel in self._panels))
        """What gives way to what stands above it: the rail and the panels."""
        for part in (form.rail, *self.parts, *self._above):
            part.installEventFilter(self)

    def arrange(self, size: QSize) -> None:
        """Follow the window's size and the rail."""
        wide = size.width() >= WIDE_FROM
        self._size = size
        self._share()
        if wide is not self._wide:
            self._wide = wide
            self._place()
        chosen = next(panel for button, panel in self._panels if button.isChecked())
        if chosen is not self._panels[0][1]:
            self._beside = chosen
        for place, (_, panel) in enumerate(self._panels):
            shown = (place == 0 or panel is self._beside) if wide else panel is chosen
            panel.setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What a part shows needs another height, or the rail has other buttons."""
        if event.type() in _NEEDS_OTHER_ROOM and isinstance(watched, QWidget):
            if watched in self._above:
                self._share()
            elif event.type() == QEvent.Type.LayoutRequest:
                self._keep_room(self._form.rail_area if watched is self._form.rail else watched)
        return super().eventFilter(watched, event)

    @property
    def _above(self) -> tuple[QWidget, ...]:
        """What stays whole, as long as the window is high enough for that alone."""
        return self._form.header, self._form.banners, self._form.phone

    def _share(self) -> None:
        """Leave to the other parts what those above do not need; buttons in the header and in banners could do with less, and would look it."""
        width = self._size.width()
        for part in (self._form.header, self._form.banners):
            part.setMinimumHeight(needed_height(part, width))
        taken = sum(least_height(part, width) for part in self._above if not part.isHidden())
        self._room = max(1, self._size.height() - taken)
        for part in self.parts:
            self._keep_room(part)

    def _keep_room(self, part: QWidget) -> None:
        """Let cards of other calls scroll before a part does; in a low window it gives way to header and call."""
        needed = (part.minimumSizeHint() if part.layout() else part.sizeHint()).height()
        part.setMinimumHeight(max(1, min(needed, self._room)))

    def _place(self) -> None:
        form, grid, wide = self._form, self._grid, bool(self._wide)
        form.header_column.removeWidget(form.reach)
        form.header_row.removeWidget(form.reach)
        if wide:
            form.header_row.insertWidget(form.header_row.indexOf(form.presence_button), form.reach)
        else:
            form.header_column.insertWidget(form.header_column.indexOf(form.duties), form.reach)
        for widget in (form.phone, form.rail_area, *(panel for _, panel in self._panels)):
            grid.removeWidget(widget)
        if wide:
            grid.addWidget(form.rail_area, _PHONE_ROW, _RAIL, 2, 1)
            grid.addWidget(form.phone, _PHONE_ROW, _LEFT)
        else:
            grid.addWidget(form.phone, _PHONE_ROW, _RAIL, 1, 3)
            grid.addWidget(form.rail_area, _PANEL_ROW, _RAIL)
        for place, (_, panel) in enumerate(self._panels):
            if wide and place == 0:
                grid.addWidget(panel, _PHONE_ROW, _RIGHT, 2, 1)
            else:
                grid.addWidget(panel, _PANEL_ROW, _LEFT, 1, 1 if wide else 2)
        grid.setColumnMinimumWidth(_LEFT, tokens.PHONE_COLUMN if wide else 0)
        grid.setColumnStretch(_LEFT, 0 if wide else 1)
        grid.setColumnStretch(_RIGHT, 1 if wide else 0)
        grid.setRowStretch(_PANEL_ROW, 1)
