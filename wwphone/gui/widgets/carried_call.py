"""A call on its way with the mouse: what a card gives, and what the colleagues' list takes."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

_KIND = "application/x-wwphone-call"


def carried(call_id: str) -> QMimeData:
    """The call as something to be carried."""
    data = QMimeData()
    data.setData(_KIND, call_id.encode())
    return data


def call_in(data: QMimeData) -> str:
    """Which call is carried; empty: something else is."""
    return bytes(data.data(_KIND).data()).decode("utf-8", "replace") if data.hasFormat(_KIND) else ""
