"""Which rows of the record a filter lets through."""

from __future__ import annotations

from wwphone.domain.folding import folded, wanted_words
from wwphone.domain.history import HistoryEntry, HistoryFilter, TaskState
from wwphone.domain.notes import line_key


def lets_through(wanted: HistoryFilter, entry: HistoryEntry, name: str = "") -> bool:
    """Whether a filter shows a row; `name`: how the window calls the other side, where it knows better."""
    if wanted.open_tasks and entry.task is not TaskState.OPEN:
        return False
    if wanted.recorded and not entry.recording_id:
        return False
    if wanted.since is not None and entry.started_at < wanted.since:
        return False
    if wanted.until is not None and entry.started_at >= wanted.until:
        return False
    if wanted.number and line_key(wanted.number) != line_key(entry.party.number):
        return False
    return (
        (not wanted.directions or entry.direction in wanted.directions)
        and (not wanted.results or entry.result in wanted.results)
        and (not wanted.kinds or entry.kind in wanted.kinds)
        and _says(wanted.text, entry, name)
    )


def _says(text: str, entry: HistoryEntry, name: str) -> bool:
    words = wanted_words(text)
    if not words:
        return True
    said = folded(f"{name} {entry.party.name} {entry.party.number} {entry.group} {entry.note}")
    return all(word in said for word in words)
