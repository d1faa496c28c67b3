"""Offers e-mail addresses of colleagues and of the phone book below a field while somebody types a name into it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

from wwphone.gui.context import Context

_MOST = 8
_LOOKED_AT = 40
"""Entries that are looked at for those that have an address."""


class MailAddressCompleter(QObject):
    """Whoever is chosen is told as `Name <address>` (RFC 5322 section 3.4)."""

    chosen = Signal(str)

    def __init__(self, field: QLineEdit, context: Context) -> None:
        super().__init__(field)
        self._presence, self._phonebook = context.services.presence, context.services.phonebook
        self._model = QStringListModel(self)
        completer = self._completer = QCompleter(self._model, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(_MOST)
        popup = self._popup = QListView()
        popup.setProperty("role", "completion")
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        popup.setAccessibleName(self.tr("Addresses found"))
        completer.setPopup(popup)
        field.setCompleter(completer)
        field.textEdited.connect(self._on_text_edited)
        # Later, because the completer writes what was chosen into the field after it has told us.
        completer.activated[str].connect(  # type: ignore[index]  # an overload
            lambda text: QTimer.singleShot(0, self, lambda: self.chosen.emit(text))
        )

    @property
    def is_choosing(self) -> bool:
        """Whether the cursor is at one of those that are offered."""
        return self._popup.isVisible() and self._popup.currentIndex().isValid()

    @property
    def first(self) -> str:
        """The first that is offered; empty: none is."""
        return next(iter(self._model.stringList()), "")

    def hide(self) -> None:
        """Offer nothing until somebody types again."""
        self._popup.hide()
        self._model.setStringList([])

    def _on_text_edited(self, text: str) -> None:
        self._model.setStringList(self._found(text) if text.strip() else [])

    def _found(self, text: str) -> list[str]:
        """Colleagues first, whom one invites most; who is in the phone book too stands there once."""
        found = [(one.nickname, one.email) for one in self._presence.find(text, _LOOKED_AT)]
        found += [(one.details.name, one.details.email) for one in self._phonebook.find(text, _LOOKED_AT)]
        written = dict[str, str]()
        for name, address in found:
            if address:
                written.setdefault(address.casefold(), written_address(name, address))
        return list(written.values())[:_MOST]


def written_address(name: str, address: str) -> str:
    """Name and address of somebody as one writes them; the name in quotes where it has special characters."""
    if not name or name == address:
        return address
    if all(letter.isalnum() or letter in " '-" for letter in name):
        return f"{name} <{address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def separate_addresses(line: str) -> tuple[str, ...]:
    """The addresses of a line as one types or pastes them, with commas or semicolons between them.

    What stands in quotes or angle brackets is left whole, and so is a comma in a name that has none ("Müller, Hans
    <hans@example.net>"): a part without an @ belongs to the next one.
    """
    parts, begun, closing = list[str](), "", ""
    for letter in line:
        if letter in ",;" and not closing:
            if "@" in begun:
                parts.append(begun)
                begun = ""
                continue
        elif closing:
            closing = "" if letter == closing else closing
        else:
            closing = {'"': '"', "<": ">"}.get(letter, "")
        begun += letter
    parts.append(begun)
    return tuple(filter(None, (part.strip(" \t,;") for part in parts)))
