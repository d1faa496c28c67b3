"""What the client knows of a call reaches the server's record, over cuts and restarts; and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.records import call
from tests.helpers.waiting import wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.config.notes import NotesInMemory, NotesUnavailableError
from wwphone.cti.api import ErrorCode, WireError
from wwphone.domain.calls import CallQuality, QualityWord
from wwphone.domain.descriptions import CallDescription
from wwphone.protocol.history import DescribeCall
from wwphone.services import descriptions as descriptions_module

GOOD = CallQuality(loss_percent=0.1, jitter_ms=4.0, round_trip_ms=22.0)
POOR = CallQuality(loss_percent=11.0, jitter_ms=60.0, round_trip_ms=480.0)
ROW = call(0)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter waits for no other."""
    monkeypatch.setattr(descriptions_module, "TOLD_AFTER_S", 0.0)
    monkeypatch.setattr(descriptions_module, "AGAIN_AFTER_S", 0.0)


@pytest.fixture
async def office(ground: Ground) -> Ground:
    """Signed in at a server with a record."""
    ground.link.history.open([ROW])
    await ground.sign_in()
    await ground.settled()
    return ground


def told(ground: Ground) -> list[DescribeCall]:
    return [command for command in ground.link.commands if isinstance(command, DescribeCall)]


async def talk(ground: Ground) -> str:
    """A call that runs, and whose row is `ROW`."""
    call_id = ground.services.calls.dial("207")
    await ground.settled()
    ground.engine.far_end_answers(call_id)
    await ground.settled()
    snapshot = ground.services.calls.call(call_id)
    assert snapshot is not None
    assert snapshot.sip_call_id
    ground.link.history.calls[snapshot.sip_call_id] = ROW.entry_id
    return call_id


def row(ground: Ground) -> tuple[str, QualityWord | None]:
    entry = ground.link.history.entries[ROW.entry_id]
    return entry.note, entry.quality


async def test_note_and_quality_reach_the_record(office: Ground) -> None:
    call_id = await talk(office)
    office.engine.measure(call_id, GOOD)
    office.services.notes.write(call_id, "wants the offer")
    await wait_until_async(lambda: row(office) == ("wants the offer", QualityWord.GOOD), "both in the record")
    office.engine.measure(call_id, POOR)
    office.services.calls.hang_up(call_id)
    await wait_until_async(lambda: row(office) == ("wants the offer", QualityWord.POOR), "the last word")
    await wait_until_async(lambda: not office.notes.untold, "nothing left to tell")
    await wait_until_async(
        lambda: [note.text for note in office.notes.notes.values()] == ["wants the offer"],
        "the note kept here",
    )


async def test_a_note_written_after_the_end_is_told_and_so_is_its_removal(office: Ground) -> None:
    call_id = await talk(office)
    office.services.calls.keep_in_sight(call_id, kept=True)
    office.services.calls.hang_up(call_id)
    await office.settled()
    office.services.notes.write(call_id, "call back")
    await wait_until_async(lambda: row(office)[0] == "call back", "the note")
    office.services.notes.write(call_id, "")
    await wait_until_async(lambda: row(office)[0] == "", "no note")


async def test_a_word_that_stays_the_same_is_told_once(office: Ground) -> None:
    call_id = await talk(office)
    office.engine.measure(call_id, GOOD)
    await wait_until_async(lambda: row(office)[1] is QualityWord.GOOD, "the word")
    await wait_until_async(lambda: not office.notes.untold, "nothing left to tell")
    office.engine.measure(call_id, GOOD)
    await office.settled()
    assert len(told(office)) == 1


async def test_what_is_written_without_a_line_is_told_when_it_is_back(office: Ground) -> None:
    call_id = await talk(office)
    office.link.cut()
    office.services.notes.write(call_id, "in the dark")
    await wait_until_async(lambda: office.notes.untold, "the note to be kept")
    assert row(office)[0] == ""

    office.link.heal()

    await wait_until_async(lambda: row(office)[0] == "in the dark", "the note")
    await wait_until_async(lambda: not office.notes.untold, "nothing left to tell")


async def test_what_a_former_run_did_not_tell_is_told(office: Ground) -> None:
    call_id = await talk(office)
    snapshot = office.services.calls.call(call_id)
    assert snapshot is not None
    office.link.cut()
    office.services.notes.write(call_id, "before the end")
    store = office.notes
    await office.services.descriptions.shutdown()
    assert [one.note for one in store.untold.values()] == ["before the end"]
    assert "before" not in repr(store.untold)

    again = Ground(notes=store)
    again.link.history.open([ROW])
    again.link.history.calls[snapshot.sip_call_id] = ROW.entry_id
    await again.start()
    await again.sign_in()
    await wait_until_async(lambda: row(again)[0] == "before the end", "the note")
    await wait_until_async(lambda: not store.untold, "nothing left to tell")
    await again.close()


async def test_a_call_that_the_server_does_not_know_yet_is_tried_again(office: Ground) -> None:
    call_id = await talk(office)
    known = dict(office.link.history.calls)
    office.link.history.calls.clear()
    office.services.notes.write(call_id, "early")
    await wait_until_async(lambda: len(told(office)) >= 2, "two tries")
    office.link.history.calls.update(known)
    if len(told(office)) >= descriptions_module.TRIES:  # it gave up for now
        office.link.cut()
        office.link.heal()
    await wait_until_async(lambda: row(office)[0] == "early", "the note")


async def test_it_gives_up_until_the_next_sign_in(office: Ground) -> None:
    call_id = await talk(office)
    office.link.history.calls.clear()
    office.services.notes.write(call_id, "nobody knows it")
    await wait_until_async(lambda: len(told(office)) == descriptions_module.TRIES, "its tries")
    await office.settled()
    assert len(told(office)) == descriptions_module.TRIES
    assert office.notes.untold


async def test_what_is_a_week_old_is_tried_a_last_time(ground: Ground) -> None:
    old = CallDescription(
        "k", "anna", "pbx.muster-ag.ch", datetime.now(UTC) - timedelta(days=8), sip_call_id="x"
    )
    ground.notes.untold["k"] = old
    ground.link.history.open([ROW])
    ground.services.descriptions.start()
    await ground.settled()
    await ground.sign_in()
    await wait_until_async(lambda: not ground.notes.untold, "it to be forgotten")
    assert len(told(ground)) == 1


@pytest.mark.parametrize(
    ("user", "server"), [("beat", "pbx.muster-ag.ch"), ("anna", "elsewhere.ch")], ids=["user", "server"]
)
async def test_what_is_for_somebody_else_is_not_told(ground: Ground, user: str, server: str) -> None:
    ground.notes.untold["k"] = CallDescription(
        "k", user, server, datetime.now(UTC), sip_call_id="x", note="private"
    )
    ground.services.descriptions.start()
    await ground.settled()
    await ground.sign_in()
    await ground.settled()
    assert told(ground) == []
    assert ground.notes.untold


async def test_a_rows_note_is_written_and_shown_before_the_server_has_it(office: Ground) -> None:
    service = office.services.descriptions
    office.link.cut()
    service.write(ROW, "agreed on Friday")
    assert service.note(ROW) == "agreed on Friday"
    assert service.waits(ROW.entry_id)
    last = office.services.notes.last(ROW.party.number)
    assert last is not None
    assert last.text == "agreed on Friday", "and comes up when the number does"
    heard: list[str] = []
    service.told.subscribe(heard.append)
    office.link.heal()
    await wait_until_async(lambda: heard == [ROW.entry_id], "the server to have it")
    assert row(office)[0] == "agreed on Friday"
    assert not service.waits(ROW.entry_id)


async def test_an_older_server_costs_nothing(signed_in: Ground) -> None:
    call_id = signed_in.services.calls.dial("207")
    await signed_in.settled()
    signed_in.services.notes.write(call_id, "kept here")
    await wait_until_async(lambda: told(signed_in), "the try")
    await signed_in.settled()
    assert signed_in.notes.untold
    assert signed_in.services.notes.text(call_id) == "kept here"


async def test_what_the_server_never_takes_is_forgotten_and_logged_without_its_words(
    office: Ground, expected_logs: Callable[..., object]
) -> None:
    records = expected_logs("does not take what is known of a call: invalid", logger="wwphone.services")
    office.link.refuse(DescribeCall, WireError(ErrorCode.INVALID, "too long"))
    office.services.descriptions.write(ROW, "secret matter")
    await wait_until_async(lambda: not office.services.descriptions.waits(ROW.entry_id), "it to be dropped")
    assert "secret" not in str(records)


async def test_what_a_full_disk_at_the_server_refuses_is_told_at_the_next_sign_in(office: Ground) -> None:
    office.link.refuse(DescribeCall, WireError(ErrorCode.NO_SPACE, "the server's disk is full"))
    office.services.descriptions.write(ROW, "agreed on Friday")
    await wait_until_async(lambda: told(office), "the try")
    await office.settled()
    assert [one.note for one in office.notes.untold.values()] == ["agreed on Friday"]
    office.link.refuse(DescribeCall, None)
    office.link.cut()
    office.link.heal()
    await wait_until_async(lambda: row(office)[0] == "agreed on Friday", "the note")


class BrokenStore(NotesInMemory):
    """A disk that refuses."""

    async def read_untold(self) -> tuple[CallDescription, ...]:
        """See NotesInMemory."""
        raise NotesUnavailableError("disk I/O error")

    async def keep_untold(self, description: CallDescription) -> None:
        """See NotesInMemory."""
        raise NotesUnavailableError("database or disk is full")

    async def drop_untold(self, key: str) -> None:
        """See NotesInMemory."""
        raise NotesUnavailableError("database or disk is full")


async def test_a_broken_disk_does_not_keep_it_from_the_server(expected_logs: Callable[..., object]) -> None:
    for text in ("cannot be read: disk", "only while the program runs", "stays on the disk"):
        expected_logs(text, logger="wwphone.services")
    ground = Ground(notes=BrokenStore())
    ground.link.history.open([ROW])
    await ground.start()
    await ground.sign_in()
    await ground.settled()
    ground.services.descriptions.write(ROW, "all the same")
    await wait_until_async(lambda: row(ground)[0] == "all the same", "the note")
    await wait_until_async(lambda: not ground.services.descriptions.waits(ROW.entry_id), "it to be told")
    await ground.close()
