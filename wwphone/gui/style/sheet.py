"""The style sheet: one small text made from the tokens, over Qt's Fusion style.

Widgets choose a role by the dynamic property `role`: `card`, `header`, `rail`, `title`, `display`, `muted`, `primary`,
`positive`, `negative`, `flat`, `banner`, `banner-error`, `tag`.
"""

from __future__ import annotations

from string import Template

from wwphone.gui.style import tokens
from wwphone.gui.style.tokens import Colours

_SHEET = Template("""
* { outline: none; }
QWidget { color: $text; font-size: ${type_body}pt; }
QMainWindow, QDialog, QWidget[role="page"] { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${xs}px ${s}px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${type_title}pt; font-weight: 600; }
QLabel[role="display"] { font-size: ${type_display}pt; font-weight: 600; }
QLabel[role="muted"] { color: $text_muted; font-size: ${type_small}pt; }
QLabel[role="error"] { color: $on_negative_ground; }
QFrame[role="header"], QWidget[role="header"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="rail"], QWidget[role="rail"] { background: $raised; border: none; border-right: 1px solid $border; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[role="card"][state="ringing"] { border: 2px solid $positive; }
QFrame[role="card"][state="ended"] { background: $raised; }
QFrame[role="banner"] { background: $caution_ground; border: none; border-radius: ${radius}px; }
QFrame[role="banner"] QLabel { color: $on_caution_ground; }
QFrame[role="banner-error"] { background: $negative_ground; border: none; border-radius: ${radius}px; }
QFrame[role="banner-error"] QLabel { color: $on_negative_ground; }
QLabel[role="tag"] { background: $raised; color: $text; border-radius: ${xs}px; padding: 1px ${s}px; font-size: ${type_small}pt; }
QLineEdit, QComboBox, QSpinBox, QTimeEdit {
  background: $surface; color: $text; border: 1px solid $border; border-radius: ${radius}px;
  padding: 0 ${s}px; min-height: ${control}px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QTimeEdit:focus { border: 2px solid $accent; }
QLineEdit:disabled, QComboBox:disabled { color: $text_muted; background: $raised; }
QLineEdit[invalid="true"] { border: 2px solid $negative; }
QComboBox::drop-down { border: none; width: ${l}px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; selection-background-color: $selected; selection-color: $text; }
QPushButton {
  background: $surface; color: $text; border: 1px solid $border; border-radius: ${radius}px;
  padding: 0 ${m}px; min-height: ${control}px; }
QPushButton:hover { background: $raised; }
QPushButton:focus { border: 2px solid $accent; }
QPushButton:disabled { color: $text_muted; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: none; font-weight: 600; }
QPushButton[role="positive"] { background: $positive; color: $on_positive; border: none; font-weight: 600; }
QPushButton[role="negative"] { background: $negative; color: $on_negative; border: none; font-weight: 600; }
QPushButton[role="primary"]:focus, QPushButton[role="positive"]:focus, QPushButton[role="negative"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $raised; color: $text_muted; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${radius}px; padding: ${xs}px; min-width: 28px; min-height: 28px; }
QToolButton:hover { background: $raised; }
QToolButton:checked { background: $selected; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton[role="key"] { background: $surface; border: 1px solid $border; font-size: ${type_title}pt; min-width: 56px; min-height: 44px; }
QToolButton[role="key"]:pressed { background: $selected; }
QToolButton[role="rail"] { padding: ${s}px; min-width: 40px; min-height: 40px; }
QToolButton[role="menu"] { border: 1px solid $border; padding: ${xs}px ${m}px ${xs}px ${s}px; min-height: ${control}px; background: $surface; }
QToolButton[role="menu"]::menu-indicator { subcontrol-position: right center; right: ${xs}px; }
QListView, QTreeView, QTableView, QScrollArea { background: $surface; border: none; }
QScrollArea > QWidget > QWidget[role="page"] { background: $window; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: $selected; color: $text; }
QHeaderView::section { background: $raised; color: $text_muted; border: none; padding: ${xs}px ${s}px; }
QMenu { background: $surface; border: 1px solid $border; padding: ${xs}px; }
QMenu::item { padding: ${s}px ${xl}px ${s}px ${m}px; border-radius: ${xs}px; }
QMenu::item:selected { background: $selected; color: $text; }
QMenu::item:disabled { color: $text_muted; }
QMenu::separator { height: 1px; background: $border; margin: ${xs}px ${s}px; }
QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $positive; border-radius: 3px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: 5px; min-height: 32px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
QCheckBox { spacing: ${s}px; min-height: 24px; }
QCheckBox:focus { color: $accent; }
""")


def style_sheet(colours: Colours) -> str:
    """The style sheet of one theme."""
    return _SHEET.substitute(
        vars(colours),
        xs=tokens.SPACE_XS,
        s=tokens.SPACE_S,
        m=tokens.SPACE_M,
        l=tokens.SPACE_L,
        xl=tokens.SPACE_XL,
        radius=tokens.RADIUS,
        control=tokens.CONTROL_HEIGHT,
        type_small=tokens.TYPE_SMALL,
        type_body=tokens.TYPE_BODY,
        type_title=tokens.TYPE_TITLE,
        type_display=tokens.TYPE_DISPLAY,
    )
