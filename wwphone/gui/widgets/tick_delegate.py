"""Rows of two lines with a box to tick, whose tick is an icon in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wwphone.gui.icons import Icon
from wwphone.gui.style import tokens
from wwphone.gui.style.theme import Theme
from wwphone.gui.widgets.painting import paint_icon

_Index = QModelIndex | QPersistentModelIndex


class TickDelegate(QStyledItemDelegate):
    """For lists whose items can be checked."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Room for two lines, however long the text is."""
        del index
        return QSize(0, 2 * option.fontMetrics.height() + 2 * tokens.SPACE_S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a tick over the box, which the style sheet fills."""
        super().paint(painter, option, index)
        if Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is not Qt.CheckState.Checked:
            return
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        style = option.widget.style()
        box = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, whole, option.widget)
        paint_icon(
            painter, Icon.TICK, self._theme.colours.on_accent, box.adjusted(1, 0, 0, 0), box.width() - 2
        )
