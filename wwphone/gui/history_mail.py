"""A message with what is known of a call, begun in the person's mail program.

Names, numbers and notes come from strangers: everything is percent-encoded down to RFC 3986's unreserved characters, so
none of it can name a recipient or another field (RFC 6068), and nothing turns the direction of what follows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

from PySide6.QtCore import QCoreApplication

from wwphone.domain.calls import CallDirection
from wwphone.domain.history import HistoryEntry
from wwphone.gui.context import Context
from wwphone.gui.history_words import caller, outcome
from wwphone.gui.words import clock

_MOST_NOTE = 1000
"""Characters: longer addresses are cut off by some mail programs."""
_MOST_VALUE = 200
_CONTROLS = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def mail_of(context: Context, entry: HistoryEntry) -> str:
    """The link for a call: who, which number, when, what became of it, and the note."""
    party, moment = caller(context, entry), clock(entry.started_at)
    if entry.direction is CallDirection.OUTGOING:
        subject = QCoreApplication.translate("History", "Call to {name}, {time}")
    else:
        subject = QCoreApplication.translate("History", "Call from {name}, {time}")
    lines = (
        (QCoreApplication.translate("History", "Name"), party.name if party.name != party.number else ""),
        (QCoreApplication.translate("History", "Number"), party.number),
        (QCoreApplication.translate("History", "Time"), moment),
        (QCoreApplication.translate("History", "Call"), outcome(context, entry)),
    )
    subject = subject.replace("{time}", moment).replace("{name}", party.name)
    return mail_address(subject, lines, context.services.descriptions.note(entry))


def mail_address(subject: str, lines: Sequence[tuple[str, str]], note: str) -> str:
    """A `mailto:` link without a recipient; `lines` are named values, empty ones are left out."""
    body = [f"{name}: {_line(value)}" for name, value in lines if _line(value)]
    if note.strip():
        body += ["", _text(note)[:_MOST_NOTE]]
    fields = (("subject", _line(subject)), ("body", "\r\n".join(body)))
    return "mailto:?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in fields)


def _line(value: str) -> str:
    """One line, of a sensible length."""
    return " ".join(_text(value).split())[:_MOST_VALUE]


def _text(value: str) -> str:
    """Without what controls a screen or a program; lines end as RFC 5322 wants it."""
    plain = "".join(each for each in value if each == "\n" or unicodedata.category(each) not in _CONTROLS)
    return "\r\n".join(line.rstrip() for line in plain.strip().split("\n"))
