"""Kept recordings as the client holds them, and their sound on its way here."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.gui.kept_recordings import SOUND, kept, some
from tests.gui.recorded_calls import HANS, ago
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem, WireError
from wwphone.domain.recording import RecordingFilter, RecordingPurpose
from wwphone.protocol.recording import OpenRecording, ReadRecordings
from wwphone.services import recording_sound as sound_module
from wwphone.services.recording_sound import PART, ArrivingSound

KEPT = len(some()) - 1


@pytest_asyncio.fixture
async def office(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Signed in at a server with some recordings; a part that did not come is asked for again at once."""
    monkeypatch.setattr(sound_module, "RETRY_S", 0.0)
    ground.link.recording.open(some())
    ground.link.recording.sounds["rec-009"] = SOUND
    await ground.sign_in()
    await ground.settled()
    return ground


async def shown(ground: Ground, count: int) -> None:
    service = ground.services.recordings
    await wait_until_async(lambda: not service.reading and len(service.rows) == count, f"{count} rows")


async def test_nothing_is_read_before_somebody_looks(office: Ground) -> None:
    assert office.link.commands == []
    office.services.recordings.show(RecordingFilter())
    await shown(office, KEPT)
    assert office.services.recordings.total == KEPT


async def test_pages_follow_as_one_scrolls_and_a_change_reads_as_many_anew(office: Ground) -> None:
    first = ago(0, 1, 0)
    office.link.recording.open(kept(n, HANS, first - timedelta(minutes=n), 5) for n in range(450))
    office.services.recordings.show(RecordingFilter())
    await shown(office, 200)
    office.services.recordings.read_on()
    await shown(office, 400)
    office.link.recording.write(kept(999, HANS, ago(0, 2, 0), 5))
    service = office.services.recordings
    await wait_until_async(lambda: not service.reading and service.total == 451, "the new one")
    assert len(service.rows) == 400
    assert service.rows[0].recording_id == "rec-999"
    service.read_on()
    await shown(office, 451)
    assert not service.more


async def test_the_answer_to_a_former_question_is_dropped(office: Ground) -> None:
    service = office.services.recordings
    service.show(RecordingFilter())
    service.show(RecordingFilter(text="heat pump"))
    await shown(office, 1)
    await office.settled()
    assert len(service.rows) == 1


async def test_what_is_missed_without_a_line_is_read_when_it_is_back(office: Ground) -> None:
    service = office.services.recordings
    service.show(RecordingFilter())
    await shown(office, KEPT)
    office.link.cut(LinkProblem.LINE_LOST)
    office.link.recording.write(replace(some()[0], deleted_at=ago(0, 9, 0)))
    assert len(service.rows) == KEPT
    office.link.heal()
    await shown(office, KEPT - 1)


async def test_an_older_server_and_a_refusal_are_told_apart(ground: Ground) -> None:
    await ground.sign_in()
    service = ground.services.recordings
    service.show(RecordingFilter())
    await wait_until_async(lambda: not service.supported, "the server's answer")
    assert service.trouble is None


async def test_a_refusal_can_be_tried_again(office: Ground) -> None:
    office.link.refuse(ReadRecordings, WireError(ErrorCode.INTERNAL, "broken"))
    service = office.services.recordings
    service.show(RecordingFilter())
    await wait_until_async(lambda: service.trouble is not None, "the refusal")
    office.link.refuse(ReadRecordings, None)
    service.try_again()
    await shown(office, KEPT)
    assert service.trouble is None


async def test_signing_out_forgets_them(office: Ground) -> None:
    office.services.recordings.show(RecordingFilter())
    await shown(office, KEPT)
    await office.services.account.sign_out()
    assert office.services.recordings.rows == ()
    assert not office.services.recordings.was_read


# ---------------------------------------------------------------- the sound


async def test_the_sound_comes_in_parts_and_what_the_player_reads_comes_first(office: Ground) -> None:
    opened = await office.services.recordings.open("rec-009", RecordingPurpose.PLAY)
    heard: list[bytes] = []
    far = PART + 100
    reader = threading.Thread(target=lambda: heard.append(opened.sound.read(far, 10)), daemon=True)
    reader.start()
    await wait_until_async(lambda: opened.sound.wanted() == PART, "the reader's wish")
    await opened.fetch()
    reader.join(10 * SECONDS)
    assert heard == [SOUND[far : far + 10]]
    assert b"".join(opened.sound.whole()) == SOUND
    assert opened.sound.read(len(SOUND), 10) == b""


async def test_a_lost_line_and_a_new_session_do_not_end_it(office: Ground) -> None:
    opened = await office.services.recordings.open("rec-009", RecordingPurpose.PLAY)
    office.link.cut(LinkProblem.LINE_LOST)
    fetching = office.services.recordings._tasks.start(opened.fetch())
    await office.settled()
    office.link.recording.token = "another one"
    office.link.heal()
    await fetching
    assert b"".join(opened.sound.whole()) == SOUND
    assert sum(isinstance(each, OpenRecording) for each in office.link.commands) == 2


async def test_what_the_server_does_not_give_is_refused(office: Ground) -> None:
    opened = await office.services.recordings.open("rec-009", RecordingPurpose.PLAY)
    del office.link.recording.sounds["rec-009"]
    with pytest.raises(CommandRefusedError) as refused:
        await opened.fetch()
    assert refused.value.error.code is ErrorCode.NOT_FOUND


def test_parts_of_a_wrong_length_are_no_parts_and_a_closed_sound_lets_everybody_go() -> None:
    sound = ArrivingSound(PART + 5)
    for offset, data in ((0, b"short"), (1, b"x" * PART), (PART, b"toolong")):
        with pytest.raises(ValueError, match="not a part"):
            sound.put(offset, data)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(sound.read(0, 10)), daemon=True)
    reader.start()
    sound.close()
    reader.join(10 * SECONDS)
    assert heard == [b""]
    assert sound.wanted() is None
    assert ArrivingSound(0).is_complete
