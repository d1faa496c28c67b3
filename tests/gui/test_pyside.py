"""PySide6 itself: a release that would kill the program must not get in."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class Speaker(QObject):
    """Something with a signal."""

    spoke = Signal(bool)


def test_emitting_signals_costs_no_reference_to_true(qapp: object) -> None:
    """PySide6 6.12.0 on Python 3.11 lost one with each emission, until the process died ("bool_dealloc")."""
    speaker = Speaker()
    heard: list[bool] = []
    speaker.spoke.connect(heard.append)
    before = sys.getrefcount(True)
    for _ in range(2_000):
        speaker.spoke.emit(True)
    held_by_us = len(heard)
    assert held_by_us == 2_000
    if sys.version_info < (3, 12):  # from there on True is immortal, and its count says nothing
        assert abs(sys.getrefcount(True) - before - held_by_us) < 100
