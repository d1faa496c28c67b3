"""The style sheet: one small text made from the tokens, over Qt's Fusion style.

Widgets choose a role by the dynamic property `role`: `page`, `card`, `strip`, `popup`, `header`, `rail`, `pages`, `completion`;
`list`; `title`, `display`, `strong`, `quiet`, `muted`, `problem`, `field`, `tag`; `banner`, `banner-error`; `primary`, `positive`, `negative`,
`menu`, `switch`, `toggle`, `segment`, `more`, `key`.
"""

from __future__ import annotations

from string import Template

from wwphone.gui.style import tokens
from wwphone.gui.style.tokens import Colours

_SHEET = Template("""
* { outline: none; }
QMainWindow, QDialog, QWidget[role="page"] { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${xs}px ${s}px; }

QLabel[role="title"] { font-size: ${type_title}px; font-weight: 600; }
QLabel[role="display"] { font-size: ${type_display}px; font-weight: 600; }
QLabel[role="muted"] { color: $text_muted; font-size: ${type_small}px; }
QLabel[role="problem"] { color: $status_red; font-size: ${type_small}px; }
QLabel[role="quiet"] { color: $text_muted; }
QLabel[role="field"] { padding-top: ${s}px; qproperty-indent: 0; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="tag"] {
  background: $selected; color: $text; border-radius: ${xs}px; padding: 2px ${s}px; font-size: ${type_small}px; }

QFrame[role="header"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="rail"] { background: $window; border: none; border-right: 1px solid $border; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[role="card"][state="ringing"] { border: 2px solid $positive; }
QFrame[role="card"][state="active"] { border: 2px solid $accent; }
QFrame[role="card"][state="ended"] { background: $window; }
QFrame[role="strip"] { background: $window; border: none; border-bottom: 1px solid $border; }
QFrame[role="card"][state="member"] { background: $window; border: 1px solid $border; }
QFrame[role="popup"] { background: $surface; border: 2px solid $positive; }
QFrame[role="banner"] { background: $caution_ground; border: none; border-radius: ${radius}px; }
QFrame[role="banner"] QLabel { color: $on_caution_ground; }
QFrame[role="banner"] QToolButton { color: $on_caution_ground; }
QFrame[role="banner-error"] { background: $negative_ground; border: none; border-radius: ${radius}px; }
QFrame[role="banner-error"] QLabel { color: $on_negative_ground; }

QLineEdit, QComboBox, QDateEdit, QTimeEdit, QSpinBox {
  background: $surface; color: $text; border: 1px solid $outline; border-radius: ${radius}px;
  padding: 0 ${s}px; min-height: ${lined}px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QTimeEdit:focus, QSpinBox:focus { border: 2px solid $accent; padding: 0 7px; min-height: ${framed}px; }
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QTimeEdit:disabled, QSpinBox:disabled { color: $text_muted; border-color: $border; background: $window; }
QLineEdit[invalid="true"], QComboBox[invalid="true"], QDateEdit[invalid="true"], QTimeEdit[invalid="true"],
QSpinBox[invalid="true"] { border: 2px solid $negative; padding: 0 7px; min-height: ${framed}px; }
QPlainTextEdit { background: $surface; color: $text; border: 1px solid $outline; border-radius: ${radius}px; padding: 1px;
  selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit:focus { border: 2px solid $accent; padding: 0; }
QPlainTextEdit[invalid="true"] { border: 2px solid $negative; padding: 0; }
QComboBox { padding-right: ${xl}px; }
QComboBox::drop-down { border: none; width: ${xl}px; }
QComboBox::down-arrow { image: none; }
QDateEdit::drop-down { border: none; width: ${xl}px; }
QDateEdit::down-arrow { image: none; }
QSpinBox::up-button, QSpinBox::down-button, QTimeEdit::up-button, QTimeEdit::down-button { width: 0; border: none; }
QDateEdit QLineEdit, QTimeEdit QLineEdit, QSpinBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; selection-background-color: $selected; selection-color: $text; }

QPushButton {
  background: $surface; color: $text; border: 1px solid $outline; border-radius: ${radius}px;
  padding: 0 ${m}px; min-height: ${lined}px; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $selected; }
QPushButton:focus { border: 2px solid $accent; padding: 0 11px; min-height: ${framed}px; }
QPushButton:disabled { color: $text_muted; border-color: $border; background: $window; }
QPushButton[role="primary"], QPushButton[role="positive"], QPushButton[role="negative"] { border: none; font-weight: 600; padding: 0 13px; min-height: ${control}px; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; }
QPushButton[role="primary"]:disabled { background: $raised; color: $text_muted; }
QPushButton[role="positive"] { background: $positive; color: $on_positive; }
QPushButton[role="negative"] { background: $negative; color: $on_negative; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="positive"]:hover { background: $positive_hover; }
QPushButton[role="negative"]:hover { background: $negative_hover; }
QPushButton[role="primary"]:focus, QPushButton[role="positive"]:focus, QPushButton[role="negative"]:focus {
  border: 2px solid $text; padding: 0 11px; min-height: ${framed}px; }
QPushButton[role="toggle"]:checked {
  border: 2px solid $negative; background: $negative_ground; color: $on_negative_ground; padding: 0 11px; min-height: ${framed}px; }
QPushButton[role="toggle"]:checked:focus { border: 2px solid $accent; }
QPushButton[large="true"], QPushButton[large="true"]:focus { min-height: ${large}px; }

QToolButton { background: transparent; border: 2px solid transparent; border-radius: ${radius}px; min-width: ${framed}px; min-height: ${framed}px; }
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $selected; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton#connection_button::menu-indicator, QToolButton#mode_button::menu-indicator, QToolButton#more_button::menu-indicator { image: none; width: 0; }
QToolButton[role="key"] { background: $surface; border: 1px solid $outline; font-size: ${type_title}px; min-height: 42px; }
QToolButton[role="key"]:pressed { background: $selected; }
QToolButton[role="key"]:focus { border: 2px solid $accent; min-height: 40px; }
QToolButton[role="rail"] { min-width: 40px; min-height: 26px; }
QToolButton[role="menu"] { border: 1px solid $outline; background: $surface; padding: 0 ${xl}px 0 ${s}px; min-height: ${lined}px; }
QToolButton[role="menu"]::menu-indicator { subcontrol-origin: padding; subcontrol-position: right center; right: ${s}px; }
QToolButton[role="menu"]:hover { background: $raised; }
QToolButton[role="menu"]:focus { border: 2px solid $accent; padding: 0 23px 0 7px; min-height: ${framed}px; }
QToolButton[role="menu"]:disabled { border-color: $border; color: $text_muted; }
QToolButton[role="switch"] { border: 1px solid $outline; background: $surface; padding: 0 ${s}px; min-height: ${lined}px; }
QToolButton[role="switch"]:hover { background: $raised; }
QToolButton[role="switch"]:checked { border: 2px solid $negative; background: $negative_ground; color: $on_negative_ground; padding: 0 7px; min-height: ${framed}px; }
QToolButton[role="switch"]:focus { border: 2px solid $accent; padding: 0 7px; min-height: ${framed}px; }
QToolButton[role="switch"][square="true"] { padding: 0; min-width: ${lined}px; }
QToolButton[role="switch"][square="true"]:focus { padding: 0; min-width: ${framed}px; }
QToolButton[role="switch"]:disabled { border-color: $border; color: $text_muted; }
QToolButton[role="segment"] { border: 1px solid $outline; background: $surface; padding: 0 5px; min-height: 28px; }
QToolButton[role="segment"]:hover { background: $raised; }
QToolButton[role="segment"]:checked { border: 1px solid $accent; background: $selected; font-weight: 600; }
QToolButton[role="segment"]:focus { border: 2px solid $accent; padding: 0 4px; min-height: 26px; }
QToolButton[role="segment"]:disabled { border-color: $border; color: $text_muted; }
QToolButton[role="more"] { border: none; min-height: ${xl}px; }
QFrame[role="recording"] { background: $negative_ground; border: none; border-radius: ${radius}px; }
QFrame[role="recording"] QLabel { background: transparent; color: $on_negative_ground; }
QFrame[role="conference"] { background: $selected; border: none; border-radius: ${radius}px; }
QFrame[role="conference"] QLabel { background: transparent; color: $text; }
QToolButton[role="choice"] { min-width: 24px; padding: 0; }
QToolButton[role="choice"]::menu-indicator { image: none; }
QToolButton[role="more"] { border: none; }
QToolButton[role="more"]:checked { background: transparent; }
QToolButton[role="more"]:focus { border: 2px solid $accent; }
QLineEdit QToolButton { border: none; min-width: 0; min-height: 0; }

QListView { background: $surface; border: none; }
QListView[role="completion"] { border: 1px solid $outline; }
QListView[role="lines"] { border: 1px solid $outline; border-radius: ${radius}px; padding: 2px; }
QListView[role="lines"]::item { padding: ${s}px; border-radius: ${radius}px; color: $text; }
QListView[role="lines"]::item:hover { background: $raised; }
QListView[role="lines"]::item:selected { background: $selected; color: $text; }
QListView[role="lines"]::indicator { width: 14px; height: 14px; border: 1px solid $outline; border-radius: 4px; }
QListView[role="lines"]::indicator:checked { background: $accent; border: 1px solid $accent; }
QListView[role="pages"] { background: $window; border-right: 1px solid $border; padding: ${s}px; }
QListView[role="pages"]::item { padding: ${s}px; border-radius: ${radius}px; color: $text; }
QListView[role="pages"]::item:selected { background: $selected; color: $text; }
QListView[role="pages"]::item:focus { border: 2px solid $accent; }
QTableView { background: $surface; border: 1px solid $border; selection-background-color: $selected; selection-color: $text; }
QTableView:focus { border: 2px solid $accent; }
QTableView[role="list"], QTableView[role="list"]:focus { border: none; selection-background-color: transparent; }
QTableView::item { padding: 0 ${s}px; }
QTreeWidget { background: $surface; color: $text; border: 1px solid $outline; border-radius: ${radius}px; padding: 1px; }
QTreeWidget:focus { border: 2px solid $accent; padding: 0; }
QTreeWidget::item { padding: ${xs}px ${s}px; border: none; }
QTreeWidget::item:selected { background: $selected; color: $text; }
QTextBrowser { background: $surface; color: $text; border: 1px solid $outline; border-radius: ${radius}px; padding: 1px; }
QTextBrowser:focus { border: 2px solid $accent; padding: 0; }
QHeaderView { background: $window; border: none; }
QHeaderView::section { background: $window; color: $text_muted; border: none; border-bottom: 1px solid $border; padding: ${xs}px ${s}px; font-size: ${type_small}px; }
QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: $window; border: none; }

QMenu { background: $surface; border: 1px solid $border; padding: ${xs}px; }
QMenu::item { padding: ${s}px ${l}px ${s}px ${s}px; border-radius: ${xs}px; color: $text; }
QMenu::icon { padding-left: ${s}px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $text_muted; }
QMenu::separator { height: 1px; background: $border; margin: ${xs}px ${s}px; }

QProgressBar { background: $raised; border: none; border-radius: 4px; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { background: $positive; border-radius: 4px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $outline; border: 3px solid $surface; border-radius: 6px; min-height: 32px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
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
        lined=tokens.CONTROL_HEIGHT - 2,
        framed=tokens.CONTROL_HEIGHT - 4,
        large=tokens.POPUP_BUTTON_HEIGHT,
        type_small=tokens.TYPE_SMALL,
        type_title=tokens.TYPE_TITLE,
        type_display=tokens.TYPE_DISPLAY,
    )
