"""What is held for steered phones, by itself and together: told, ended, and found again in the list of channels."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.server.asterisk.channel_events import Ticking
from wwphone.domain.calls import Party
from wwphone.domain.desk_phone import HeldCall, HeldEnd
from wwphone.server.asterisk.held_book import HELD_CONTEXT, MERGED_CONTEXT, HeldBook, held_variable
from wwphone.server.desk_phone_api import PbxHeldChanged, PbxHeldEnded

_CLOCK = Ticking()
_LEG = "pbx-1.1"


def _call(held_id: str, *, merged: bool = False, together: bool = False) -> HeldCall:
    return HeldCall(held_id, _LEG, "beat", Party("201", "Anna | Keller"), _CLOCK(), merged, together)


def _book(*calls: HeldCall) -> HeldBook:
    book = HeldBook(lambda user: user == "beat", _CLOCK)
    for call in calls:
        book.begin(call)
    return book


def _status(call: HeldCall, context: str, exten: str) -> dict[str, str]:
    variable = f"WWPHONE_HELD={held_variable(call, 'PJSIP/beat-00000001')}"
    return {"Uniqueid": call.held_id, "Context": context, "Exten": exten, "Variable": variable}


def test_the_last_of_those_who_are_held_together_is_held_like_anybody_else() -> None:
    one, other = _call("1.2", together=True), _call("1.3", together=True)
    book = _book(replace(one, together=False, merged=True), other, one)
    assert book.together_with(_LEG) == [one, other]
    assert book.end(other.held_id, HeldEnd.OVER) == [
        PbxHeldEnded("beat", other.held_id, HeldEnd.OVER),
        PbxHeldChanged(replace(one, together=False)),
    ]
    assert book.together_with(_LEG) == []


def test_while_others_are_in_the_room_one_may_still_come_back_to_them() -> None:
    one, other = _call("1.2", together=True), _call("1.3", merged=True)
    book = _book(other, one)
    assert book.together_with(_LEG) == [one]
    assert book.end(other.held_id, HeldEnd.OVER)[1:] == [PbxHeldChanged(replace(one, together=False))]


def test_the_end_of_somebody_unknown_is_not_told() -> None:
    assert _book(_call("1.2")).end("1.9", HeldEnd.OVER) == []


def test_a_restarted_server_finds_who_is_merged_and_who_is_held_together() -> None:
    calls = [_call(f"1.{number}") for number in range(2, 6)]
    book = _book()
    book.replace_all(
        [
            _status(calls[0], HELD_CONTEXT, "together"),
            _status(calls[1], HELD_CONTEXT, "together"),
            _status(calls[2], HELD_CONTEXT, "start"),
            _status(calls[3], MERGED_CONTEXT, "start"),
        ]
    )
    found = [book[call.held_id] for call in calls]
    assert [(call.merged, call.together) for call in found] == [
        (False, True),
        (False, True),
        (False, False),
        (True, False),
    ]
    assert [call.remote for call in found] == [Party("201", "Anna | Keller")] * 4


def test_who_is_listed_as_held_together_with_nobody_is_held_alone_since_when_it_was() -> None:
    call = _call("1.2")
    book = _book(call)
    told = book.replace_all([_status(call, HELD_CONTEXT, "together")])
    assert told == [PbxHeldChanged(call)]
