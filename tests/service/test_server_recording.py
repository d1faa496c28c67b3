"""Recording through the server: who may, who is told, and what becomes of it when something breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right
from wwphone.domain.recording import AutomaticRecording, RecordingEnd
from wwphone.server.api import PbxError, PbxLostError, StoreError, UserRecord
from wwphone.server.certificates import IssuedFiles

RUNS, RUN_ENDED = "recording.runs", "recording.run_ended"
SIP_CALL_ID = "9b1d0c7e5f"


def may_record(record: UserRecord, rule: AutomaticRecording = AutomaticRecording.NONE) -> UserRecord:
    return replace(record, rights=record.rights | {Right.RECORD_CALLS}, automatic_recording=rule)


BEAT = may_record(PEOPLE[1])
HIDDEN = may_record(PEOPLE[3])


@pytest.fixture
async def phones(tmp_path: Path, tls_files: IssuedFiles) -> AsyncIterator[CtiServerUnderTest]:
    """Everybody has a desk phone; Beat and somebody hidden may record."""
    server = CtiServerUnderTest(tmp_path, tls_files)
    await server.populate(tuple({one.user: one for one in (*PEOPLE, BEAT, HIDDEN)}.values()))
    await server.start()
    await wait_until_async(lambda: server.pbx.connected, "the PBX")
    for number, user in enumerate(("anna", "beat", "carla", "hidden"), 1):
        server.pbx.register(user, f"sip:{user}@192.0.2.{number}:5060", call_id=f"register-{user}")
    yield server
    await server.stop()


def talk(phones: CtiServerUnderTest, caller: str, number: str) -> tuple[str, str]:
    """Let two phones talk; the legs of both."""
    own, other = (leg.leg_id for leg in phones.pbx.legs_in(phones.pbx.call(caller, number)))
    phones.pbx.answer(other)
    return own, other


async def record(client: RawCtiClient, leg_id: str) -> str:
    reply = await client.request("recording.start", {"leg_id": leg_id})
    assert reply["type"] == "recording.started", reply
    return str(reply["body"]["recording_id"])


def code(failure: dict[str, Any]) -> str:
    return str(failure["body"]["code"])


async def ended(phones: CtiServerUnderTest, *ends: RecordingEnd | None) -> None:
    await wait_until_async(lambda: phones.archive.ends == list(ends), f"the archive to know {ends}")


async def test_both_are_told_by_their_own_legs_until_it_is_stopped(phones: CtiServerUnderTest) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    annas, beats = talk(phones, "anna", "202")
    phones.pbx.sip_call_ids[SIP_CALL_ID] = annas

    recording_id = await record(beat, beats)

    told = [(await client.wait_for_event(RUNS))["recording"] for client in (anna, beat)]
    assert [(one["leg_id"], one["sip_call_id"], one["by"]) for one in told] == [
        (annas, SIP_CALL_ID, "beat"),
        (beats, "", "beat"),
    ]
    assert {one["recording_id"] for one in told} == {recording_id}
    begun = phones.archive.kept[recording_id].begun
    assert (begun.user, begun.leg_id, begun.party.number, begun.called) == ("beat", beats, "201", "202")
    assert phones.pbx.recording.runs[beats].files == begun.files

    late = await phones.signed_in("anna", take_over=True)
    assert late.snapshot["running_recordings"] == [told[0]]
    assert code(await late.request("recording.stop", {"recording_id": recording_id})) == "not_found"
    assert (await beat.request("recording.stop", {"recording_id": recording_id}))["kind"] == "reply"
    for client, leg_id in ((late, annas), (beat, beats)):
        assert await client.wait_for_event(RUN_ENDED) == {
            "recording_id": recording_id, "leg_id": leg_id, "end": "stopped",
        }  # fmt: skip
    assert phones.pbx.recording.runs == {}
    await ended(phones, RecordingEnd.STOPPED)
    assert code(await beat.request("recording.stop", {"recording_id": recording_id})) == "not_found"
    for client in (anna, beat, late):
        await client.close()


async def test_who_may_not_or_cannot_is_refused_and_nothing_is_left(phones: CtiServerUnderTest) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    ringing = phones.pbx.legs_in(phones.pbx.call("carla", "202"))[1].leg_id
    await beat.wait_for_event("calls.leg_changed")
    assert code(await beat.request("recording.start", {"leg_id": ringing})) == "conflict"
    phones.pbx.answer(ringing)
    annas, _ = talk(phones, "anna", "204")

    assert code(await anna.request("recording.start", {"leg_id": annas})) == "not_permitted"
    assert code(await beat.request("recording.start", {"leg_id": annas})) == "not_found"
    assert code(await beat.request("recording.start", {})) == "not_found"
    phones.archive.space = False
    assert code(await beat.request("recording.start", {"leg_id": ringing})) == "no_space"
    phones.archive.space = True
    phones.archive.possible = False
    assert code(await beat.request("recording.start", {"leg_id": ringing})) == "invalid"
    phones.archive.possible = True
    phones.pbx.fail_next(PbxError("no"))
    assert code(await beat.request("recording.start", {"leg_id": ringing})) == "pbx_refused"

    assert phones.archive.kept == {}
    assert len(phones.archive.withdrawn) == 1
    assert beat.event_bodies(RUNS) == []
    await record(beat, ringing)
    assert code(await beat.request("recording.start", {"leg_id": ringing})) == "conflict"
    for client in (anna, beat):
        await client.close()


async def test_of_many_starts_at_once_one_counts(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    replies = await asyncio.gather(*(beat.request("recording.start", {"leg_id": beats}) for _ in range(10)))
    assert sorted(reply["kind"] for reply in replies).count("reply") == 1
    assert len(phones.archive.kept) == 1
    await beat.close()


async def pauses_told(client: RawCtiClient, paused: list[bool]) -> None:
    await wait_until_async(
        lambda: [one["recording"]["paused"] for one in client.event_bodies(RUNS)] == paused, f"{paused} told"
    )


async def test_a_pause_is_written_down_and_told(phones: CtiServerUnderTest) -> None:
    anna, beat = await phones.signed_in("anna"), await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    recording_id = await record(beat, beats)
    phones.pbx.recording.let_speak(0.1)
    for paused in (True, False):
        asked = {"recording_id": recording_id, "paused": paused}
        assert code(await anna.request("recording.pause", asked)) == "not_found"
        assert (await beat.request("recording.pause", asked))["kind"] == "reply"
        assert phones.pbx.recording.runs[beats].paused is paused
        await pauses_told(anna, [False, True] if paused else [False, True, False])
        phones.pbx.recording.let_speak(0.1)
    kept = phones.archive.kept[recording_id]
    ((since, until),) = kept.pauses
    assert until is not None
    assert since <= until
    sound = kept.begun.files.mine.read_bytes()
    third = len(sound) // 3
    assert [any(sound[at : at + third]) for at in (0, third, 2 * third)] == [True, False, True]
    phones.pbx.fail_next(PbxError("no"))
    refused = await beat.request("recording.pause", {"recording_id": recording_id, "paused": True})
    assert code(refused) == "pbx_refused"
    assert kept.begun.paused_at is None
    for client in (anna, beat):
        await client.close()


async def test_it_ends_with_its_call_and_others_come_and_go(phones: CtiServerUnderTest) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    annas, beats = talk(phones, "anna", "202")
    await record(beat, beats)
    await beat.wait_for_event(RUNS)
    call_id = phones.pbx.legs_in(phones.running.calls.leg(beats).call_id)[0].call_id  # type: ignore[union-attr]
    carlas = phones.pbx.call("carla", "204")
    phones.pbx.answer(phones.pbx.legs_in(carlas)[1].leg_id)
    phones.pbx.join(carlas, call_id)
    assert (await carla.wait_for_event(RUNS))["recording"]["by"] == "beat"
    own = phones.running.calls.legs_of("carla")[0].leg_id
    phones.pbx.end_leg(own)
    assert (await carla.wait_for_event(RUN_ENDED))["leg_id"] == own
    assert beat.event_bodies(RUN_ENDED) == []

    phones.pbx.end_call(call_id)
    assert (await beat.wait_for_event(RUN_ENDED))["end"] == "call_ended"
    await ended(phones, RecordingEnd.CALL_ENDED)
    assert annas not in phones.pbx.recording.runs
    for client in (beat, carla):
        await client.close()


async def test_whoever_is_in_the_same_conference_is_told(phones: CtiServerUnderTest) -> None:
    beat, carla = await phones.signed_in("beat"), await phones.signed_in("carla")
    _, beats = talk(phones, "anna", "202")
    carlas, hiddens = talk(phones, "carla", "204")
    await record(beat, beats)
    await beat.wait_for_event(RUNS)
    assert carla.event_bodies(RUNS) == []
    phones.pbx.recording.conference = frozenset({beats, carlas, hiddens})
    assert (await carla.wait_for_event(RUNS))["recording"]["leg_id"] == carlas
    phones.pbx.recording.conference = frozenset()
    assert (await carla.wait_for_event(RUN_ENDED))["leg_id"] == carlas
    for client in (beat, carla):
        await client.close()


async def test_somebody_hidden_who_records_is_not_named(phones: CtiServerUnderTest) -> None:
    anna, hidden = await phones.signed_in("anna"), await phones.signed_in("hidden")
    _, own = talk(phones, "anna", "204")
    await record(hidden, own)
    assert (await anna.wait_for_event(RUNS))["recording"]["by"] == ""
    assert (await hidden.wait_for_event(RUNS))["recording"]["by"] == "hidden"
    for client in (anna, hidden):
        await client.close()


async def test_it_ends_at_once_when_the_right_is_withdrawn(phones: CtiServerUnderTest) -> None:
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    await record(beat, beats)
    await phones.edit(PEOPLE[1])
    assert (await beat.wait_for_event(RUN_ENDED))["end"] == "right_withdrawn"
    assert phones.pbx.recording.runs == {}
    await ended(phones, RecordingEnd.RIGHT_WITHDRAWN)
    assert len(phones.running.calls.legs_of("beat")) == 1
    await beat.close()


async def test_a_full_disk_ends_it_and_not_the_call(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object]
) -> None:
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    await record(beat, beats)
    expected_logs("the disk is full", logger="wwphone.server.services.recording")
    phones.archive.space = False
    assert (await beat.wait_for_event(RUN_ENDED))["end"] == "disk_full"
    await ended(phones, RecordingEnd.DISK_FULL)
    assert len(phones.running.calls.legs_of("beat")) == 1
    await beat.close()


async def test_it_runs_on_while_the_line_or_the_server_is_away(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object]
) -> None:
    expected_logs("out of reach", logger="wwphone.server.services.pbx")
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    recording_id = await record(beat, beats)
    paused = {"recording_id": recording_id, "paused": True}
    await beat.request("recording.pause", paused)
    phones.pbx.break_line()
    assert code(await beat.request("recording.stop", {"recording_id": recording_id})) == "pbx_unavailable"
    phones.pbx.restore_line()
    await beat.close()
    await phones.restart()
    await wait_until_async(lambda: phones.pbx.connected, "the PBX")

    beat = await phones.signed_in("beat")
    await wait_until_async(lambda: phones.running.recording.running_for("beat"), "it to be found again")
    (found,) = phones.running.recording.running_for("beat")
    assert (found.recording_id, found.leg_id, found.paused) == (recording_id, beats, True)
    assert phones.pbx.recording.runs[beats].paused
    assert (await beat.request("recording.stop", {"recording_id": recording_id}))["kind"] == "reply"
    await ended(phones, RecordingEnd.STOPPED)
    await beat.close()


@pytest.mark.parametrize("restart", [False, True], ids=["line", "server"])
async def test_what_is_gone_when_it_is_back_was_interrupted(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object], *, restart: bool
) -> None:
    expected_logs("out of reach", logger="wwphone.server.services.pbx")
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    hiddens, _ = talk(phones, "hidden", "203")
    await record(beat, beats)
    await record(await phones.signed_in("hidden"), hiddens)
    phones.pbx.break_line()
    if restart:
        await phones.stop()
    phones.pbx.recording.lose(beats)
    phones.pbx.end_leg(hiddens)
    if restart:
        await phones.start()
    phones.pbx.restore_line()
    await ended(phones, RecordingEnd.INTERRUPTED, RecordingEnd.INTERRUPTED)
    assert phones.running.recording.running_for("beat") == ()


async def test_a_start_whose_answer_is_lost_is_looked_for(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object]
) -> None:
    expected_logs("out of reach", logger="wwphone.server.services.pbx")
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    phones.pbx.recording.no_answer.append(PbxLostError("cut"))
    assert code(await beat.request("recording.start", {"leg_id": beats})) == "unknown_outcome"
    assert code(await beat.request("recording.start", {"leg_id": beats})) == "conflict"
    phones.pbx.break_line()
    phones.pbx.restore_line()
    assert (await beat.wait_for_event(RUNS))["recording"]["leg_id"] == beats
    phones.pbx.recording.no_answer.append(PbxLostError("cut"))
    (recording_id,) = phones.archive.kept
    assert code(await beat.request("recording.stop", {"recording_id": recording_id})) == "unknown_outcome"
    phones.pbx.break_line()
    phones.pbx.restore_line()
    await ended(phones, RecordingEnd.STOPPED)
    await beat.close()


async def test_an_end_waits_for_the_store(
    phones: CtiServerUnderTest, expected_logs: Callable[..., object]
) -> None:
    expected_logs("waits for the store", logger="wwphone.server.services.recording_runs")
    beat = await phones.signed_in("beat")
    _, beats = talk(phones, "anna", "202")
    recording_id = await record(beat, beats)
    phones.archive.fail_next(StoreError("away"))
    await beat.request("recording.stop", {"recording_id": recording_id})
    await ended(phones, RecordingEnd.STOPPED)
    await beat.close()


async def test_calls_are_recorded_by_rule_and_its_owner_may_end_that(phones: CtiServerUnderTest) -> None:
    await phones.edit(may_record(PEOPLE[1], AutomaticRecording.INCOMING))
    beat = await phones.signed_in("beat")
    await wait_until_async(
        lambda: phones.running.recording.state_for("beat").automatic is AutomaticRecording.INCOMING,
        "the rule",
    )
    outgoing, _ = talk(phones, "beat", "203")
    _, incoming = talk(phones, "anna", "202")
    told = (await beat.wait_for_event(RUNS))["recording"]
    assert (told["leg_id"], told["automatic"]) == (incoming, True)
    assert list(phones.pbx.recording.runs) == [incoming]
    await beat.request("recording.stop", {"recording_id": told["recording_id"]})
    await beat.close()

    await phones.restart()  # what was answered meanwhile would be recorded, this was not wanted
    late = phones.pbx.call("carla", "202")
    await wait_until_async(lambda: phones.pbx.connected, "the PBX")
    phones.pbx.answer(phones.pbx.legs_in(late)[1].leg_id)
    await wait_until_async(lambda: phones.pbx.recording.runs, "the next call to be recorded")
    assert incoming not in phones.pbx.recording.runs
    assert outgoing not in phones.pbx.recording.runs


async def test_a_changed_rule_is_told_and_needs_the_right(phones: CtiServerUnderTest) -> None:
    anna = await phones.signed_in("anna")
    assert anna.snapshot["recordings"] == {
        "possible": True, "revision": 0, "automatic": "none", "tone": False, "undo_days": 30,
    }  # fmt: skip
    await phones.edit(replace(PEOPLE[0], automatic_recording=AutomaticRecording.ALL))
    assert (await anna.wait_for_event("recording.rules_changed"))["state"]["automatic"] == "all"
    _, own = talk(phones, "carla", "201")
    _, beats = talk(phones, "hidden", "202")
    beat = await phones.signed_in("beat")
    await record(beat, beats)  # everything before it has been decided
    assert own not in phones.pbx.recording.runs
    for client in (anna, beat):
        await client.close()


async def begun_with(phones: CtiServerUnderTest, *numbers: str) -> None:
    """Wait until so many recordings have begun, with these in their order."""
    await wait_until_async(
        lambda: [kept.begun.party.number for kept in phones.archive.kept.values()] == list(numbers),
        f"recordings with {numbers}",
    )


@pytest.mark.parametrize("by_rule", [True, False], ids=["by rule", "by hand"])
async def test_at_a_steered_phone_a_recording_holds_one_conversation(
    phones: CtiServerUnderTest, by_rule: bool
) -> None:
    if by_rule:
        await phones.edit(may_record(PEOPLE[1], AutomaticRecording.ALL))
        await wait_until_async(
            lambda: phones.running.directory.users["beat"].automatic_recording is AutomaticRecording.ALL,
            "the rule",
        )
    beat = await phones.signed_in("beat")
    _, leg_id = talk(phones, "anna", "202")
    if not by_rule:
        await record(beat, leg_id)
    await begun_with(phones, "201")

    held = (await beat.request("desk_phone.hold", {"leg_id": leg_id}))["body"]["held_id"]
    await beat.wait_for_event("desk_phone.held_changed")
    assert phones.archive.ends == [None], "it goes on while somebody is held"
    await beat.request("desk_phone.resume", {"held_id": held})
    await beat.wait_for_event("desk_phone.held_ended", held_id=held)
    assert phones.archive.ends == [None]

    held = (await beat.request("desk_phone.hold", {"leg_id": leg_id}))["body"]["held_id"]
    await beat.request("desk_phone.dial", {"number": "204", "leg_id": leg_id})
    await begun_with(phones, *(["201", "204"] if by_rule else ["201"]))
    ends = [RecordingEnd.CALL_ENDED, *([None] if by_rule else [])]
    await ended(phones, *ends)
    assert [leg.remote.number for leg in phones.running.calls.legs_of("beat")] == ["204"]

    await beat.request("desk_phone.resume", {"held_id": held})
    await begun_with(phones, *(["201", "204", "201"] if by_rule else ["201", "201"]))
    kept = list(phones.archive.kept.values())
    assert {one.begun.automatic for one in kept} == {by_rule}
    await ended(phones, *[RecordingEnd.CALL_ENDED] * (len(kept) - 1), None)
    await beat.request("recording.stop", {"recording_id": kept[-1].begun.recording_id})
    await ended(phones, *[RecordingEnd.CALL_ENDED] * (len(kept) - 1), RecordingEnd.STOPPED)
    held = (await beat.request("desk_phone.hold", {"leg_id": leg_id}))["body"]["held_id"]
    await beat.request("desk_phone.resume", {"held_id": held})
    await beat.wait_for_event("desk_phone.held_ended", held_id=held)
    assert len(phones.archive.kept) == len(kept), "what its owner has ended stays so"
    await beat.close()
