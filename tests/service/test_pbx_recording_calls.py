"""What becomes of a recording while its call is held, parked, merged, claimed or handed over: a real server, Asterisk and phones.

Everything Beat talks is recorded by rule. Anna says 440 Hz, Beat 660, Eva 880.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.helpers.baresip import Baresip, PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.company import HOST, CompanyPlan, RealCompany
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.recordings import decoded
from tests.helpers.tones import Recording
from tests.helpers.waiting import SECONDS, wait_until_async, wait_until_told
from wwphone.domain.calls import CallDirection
from wwphone.domain.recording import RecordingEnd, RecordingEntry, RecordingState
from wwphone.server.recordings.vault import VaultReader
from wwphone.server.store.sql_store import SqlStore

pytestmark = pytest.mark.end_to_end

ANNA_HZ, BEAT_HZ, EVA_HZ = 440, 660, 880
RATE = 24_000
_CLEAR = 0.75
"""Phones that get little processor send their sound in bursts."""
_BOTH = 0.25
"""Of two voices at once each has about half."""


@dataclass
class Office:
    """The company, its phones, and Beat at his window; `since` is when the test began."""

    company: RealCompany
    phones: dict[str, Baresip]
    beat: RawCtiClient
    since: datetime

    def number(self, user: str) -> str:
        """Of a person."""
        return self.company.member(user).number

    async def signed_in(self, user: str) -> RawCtiClient:
        """Somebody at the window."""
        return await signed_in(self.company, user)

    async def call(self, caller: str, called: str) -> None:
        """Call; Beat's phone answers by itself."""
        self.phones[caller].dial(self.number(called))
        await asyncio.to_thread(self.phones[caller].wait_for, EventKind.CALL_ESTABLISHED)

    async def answered(self, user: str) -> None:
        """Somebody answers what rings."""
        await asyncio.to_thread(self.phones[user].wait_for, EventKind.CALL_INCOMING)
        await asyncio.to_thread(self.phones[user].answer)

    async def over(self, *users: str) -> None:
        """Wait until somebody's phone knows that the call is over."""
        for user in users:
            await asyncio.to_thread(self.phones[user].wait_for, EventKind.CALL_CLOSED)

    def running(self) -> list[str]:
        """What is recorded of Beat's, by what he was told."""
        begun = [one["recording"]["recording_id"] for one in self.beat.event_bodies("recording.runs")]
        ended = {one["recording_id"] for one in self.beat.event_bodies("recording.run_ended")}
        return [one for one in dict.fromkeys(begun) if one not in ended]

    async def recorded(self, seconds: float = 1.0) -> str:
        """Wait until so much more is recorded; what is."""
        await wait_until_async(lambda: len(self.running()) == 1, "one recording", 20 * SECONDS)
        (recording_id,) = self.running()
        spool = self.company.folder / "spool"
        files = [spool / f"{recording_id}-{side}.sln24" for side in ("mine", "others")]
        sizes = [file.stat().st_size + seconds * 2 * RATE for file in files]
        await wait_until_async(
            lambda: all(file.stat().st_size > size for file, size in zip(files, sizes, strict=True)),
            f"{seconds} s more of sound",
            (10 + seconds) * SECONDS,
        )
        return recording_id

    async def another(self, first: str) -> None:
        """Wait until another recording than this runs, and has some sound."""
        await wait_until_async(lambda: self.running() not in ([], [first]), "another recording", 20 * SECONDS)
        await self.recorded(1.5)

    async def nothing_runs(self) -> None:
        """Wait until nothing is recorded."""
        await wait_until_async(lambda: self.running() == [], "the end of the recording", 20 * SECONDS)

    async def leg(self, client: RawCtiClient, number: str) -> str:
        """The leg of a person that is connected with a number."""

        def found() -> str:
            legs = {one["leg"]["leg_id"]: one["leg"] for one in client.event_bodies("calls.leg_changed")}
            ended = {one["leg_id"] for one in client.event_bodies("calls.leg_ended")}
            return next(
                (
                    leg_id
                    for leg_id, leg in legs.items()
                    if leg_id not in ended and leg["state"] == "up" and leg["remote"]["number"] == number
                ),
                "",
            )

        return await wait_until_async(found, f"a leg with {number}", 20 * SECONDS)

    async def kept(self, count: int) -> list[RecordingEntry]:
        """Wait until so many are put away since the test began; oldest first."""
        entries: list[RecordingEntry] = []

        async def ready() -> bool:
            entries[:] = [one for one in await _entries(self.company) if one.started_at >= self.since]
            return len(entries) == count and all(one.state is RecordingState.READY for one in entries)

        await wait_until_told(ready, f"{count} recordings", 30 * SECONDS)
        return entries

    def sound(self, entry: RecordingEntry) -> tuple[Recording, Recording]:
        """What Beat said, and what he heard."""
        name = f"{entry.recording_id}.recording"
        file = self.company.folder / "recordings" / entry.recording_id[:2] / name
        reader = VaultReader(file, self.company.recording_key, entry.recording_id)
        frames, rate = decoded(reader.read(0, reader.size))
        return Recording(frames[:, 0] / 32768, rate), Recording(frames[:, 1] / 32768, rate)


async def _entries(company: RealCompany) -> list[RecordingEntry]:
    store = SqlStore(f"sqlite:///{company.folder / 'store.sqlite'}")
    await store.open()
    try:
        return sorted(await store.all_recordings("beat"), key=lambda one: one.started_at)
    finally:
        await store.close()


async def signed_in(company: RealCompany, user: str) -> RawCtiClient:
    context = ssl.create_default_context(cafile=str(company.authority.ca_file))
    client = await RawCtiClient(f"wss://{HOST}:{company.cti_port}", context).open()
    reply = await client.sign_in(user, company.member(user).cti_password)
    assert reply["kind"] == "reply", reply
    return client


async def asked(client: RawCtiClient, what: str, **fields: object) -> dict[str, str]:
    """Ask for something that is not refused."""
    reply = await client.request(what, dict(fields))
    assert reply["kind"] == "reply", reply
    return dict(reply["body"])


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    plan = CompanyPlan(recorded=frozenset({"beat"}))
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def phones(company: RealCompany) -> Iterator[dict[str, Baresip]]:
    with ExitStack() as running:
        made = {}
        for user, tone_hz in (("anna", ANNA_HZ), ("beat", BEAT_HZ), ("eva", EVA_HZ)):
            phone = company.phone(user, PhoneSound(tone_hz), answers_itself=user == "beat")
            made[user] = running.enter_context(phone)
            made[user].register()
        yield made


@pytest.fixture
async def office(company: RealCompany, phones: dict[str, Baresip]) -> AsyncIterator[Office]:
    beat = await signed_in(company, "beat")
    made = Office(company, phones, beat, datetime.now(UTC))
    yield made
    await beat.close()
    company.asterisk.command("channel request hangup all")
    await asyncio.to_thread(company.wait_until_nobody_talks)


async def test_it_goes_on_during_a_hold_and_after_it(office: Office) -> None:
    beat = office.phones["beat"]
    await office.call("anna", "beat")
    await office.recorded()
    await asyncio.to_thread(beat.hold)
    await office.recorded()
    await asyncio.to_thread(beat.resume)
    await office.recorded(1.5)
    await asyncio.to_thread(office.phones["anna"].hang_up)

    (entry,) = await office.kept(1)
    assert (entry.end, entry.party.number, entry.pauses) == (
        RecordingEnd.CALL_ENDED,
        office.number("anna"),
        (),
    )
    mine, others = office.sound(entry)
    assert mine.seconds == others.seconds
    for side, tone_hz in ((mine, BEAT_HZ), (others, ANNA_HZ)):
        assert side.first(0.5).tone_share(tone_hz) > _CLEAR
        assert side.last(0.5).tone_share(tone_hz) > _CLEAR


def pieces(sound: Recording) -> list[Recording]:
    """In tenths of a second."""
    count = int(sound.seconds * 10)
    return [sound.first((at + 1) / 10).last(0.1) for at in range(count)]


def tones(sound: Recording) -> set[int]:
    """Who is heard clearly for half a second or more."""
    clear = [tone for one in pieces(sound) for tone in (ANNA_HZ, EVA_HZ) if one.tone_share(tone) > _CLEAR]
    return {tone for tone in (ANNA_HZ, EVA_HZ) if clear.count(tone) >= 5}


async def test_parking_ends_it_and_who_fetches_the_call_records_it_anew(office: Office) -> None:
    await office.call("anna", "beat")
    await office.recorded()
    leg_id = await office.leg(office.beat, office.number("anna"))
    slot = (await asked(office.beat, "parking.park", leg_id=leg_id))["slot"]
    await office.nothing_runs()
    office.phones["beat"].dial(slot)
    await office.recorded(1.5)
    await asyncio.to_thread(office.phones["anna"].hang_up)

    before, after = await office.kept(2)
    for entry in (before, after):
        assert entry.end is RecordingEnd.CALL_ENDED
        assert entry.party.number == office.number("anna")
        mine, others = office.sound(entry)
        assert mine.last(0.5).tone_share(BEAT_HZ) > _CLEAR
        assert tones(others) == {ANNA_HZ}, str(others)


async def test_who_is_parked_by_somebody_else_goes_on_recording(office: Office) -> None:
    anna = await office.signed_in("anna")
    await office.call("anna", "beat")
    first = await office.recorded()
    leg_id = await office.leg(anna, office.number("beat"))
    slot = (await asked(anna, "parking.park", leg_id=leg_id))["slot"]
    await office.recorded()
    office.phones["eva"].dial(slot)
    await asyncio.to_thread(office.phones["eva"].wait_for, EventKind.CALL_ESTABLISHED)
    await office.another(first)
    await asyncio.to_thread(office.phones["eva"].hang_up)
    await anna.close()

    entries = await office.kept(2)
    assert [one.party.number for one in entries] == [office.number("anna"), office.number("eva")]
    assert all(one.end is RecordingEnd.CALL_ENDED and one.automatic for one in entries)
    for entry, tone_hz in zip(entries, (ANNA_HZ, EVA_HZ), strict=True):
        mine, others = office.sound(entry)
        assert mine.last(0.5).tone_share(BEAT_HZ) > _CLEAR
        assert tones(others) == {tone_hz}, str(others)


async def test_at_a_steered_phone_each_call_is_recorded_by_itself_until_they_are_merged(
    office: Office,
) -> None:
    await office.call("anna", "beat")
    await office.recorded()
    leg_id = await office.leg(office.beat, office.number("anna"))
    held_id = (await asked(office.beat, "desk_phone.hold", leg_id=leg_id))["held_id"]
    first = await office.recorded(0.5)
    await asked(office.beat, "desk_phone.dial", number=office.number("eva"), leg_id=leg_id)
    await office.answered("eva")
    await wait_until_async(
        lambda: office.running() not in ([], [first]), "the second recording", 20 * SECONDS
    )
    await office.recorded()
    await asked(office.beat, "desk_phone.merge", call_ids=[leg_id, held_id])
    await office.recorded(2.5)
    await asyncio.to_thread(office.phones["beat"].hang_up)

    alone, merged = await office.kept(2)
    assert [one.end for one in (alone, merged)] == [RecordingEnd.CALL_ENDED] * 2
    assert [one.party.number for one in (alone, merged)] == [office.number("anna"), office.number("eva")]
    mine, others = office.sound(alone)
    assert others.first(0.5).tone_share(ANNA_HZ) > _CLEAR
    assert all(piece.tone_share(EVA_HZ) < _BOTH for piece in pieces(others)), "Eva is not in it"
    mine, others = office.sound(merged)
    assert EVA_HZ in tones(others), "alone at first"
    together = others.last(1.0)
    assert min(together.tone_share(ANNA_HZ), together.tone_share(EVA_HZ)) > _BOTH, str(together)
    assert mine.last(0.5).tone_share(BEAT_HZ) > _CLEAR


async def test_what_is_claimed_is_recorded_from_the_first_word(office: Office) -> None:
    office.phones["anna"].dial(office.number("eva"))
    await asyncio.to_thread(office.phones["eva"].wait_for, EventKind.CALL_INCOMING)
    ringing = (await office.beat.wait_for_event("pickup.ringing_call_changed"))["call"]["ringing_id"]
    await asked(office.beat, "pickup.claim", ringing_id=ringing)
    await asyncio.to_thread(office.phones["anna"].wait_for, EventKind.CALL_ESTABLISHED)
    await office.recorded(1.5)
    await office.over("eva")
    await asyncio.to_thread(office.phones["anna"].hang_up)

    (entry,) = await office.kept(1)
    assert (entry.party.number, entry.direction) == (office.number("anna"), CallDirection.INCOMING)
    mine, others = office.sound(entry)
    assert mine.last(0.5).tone_share(BEAT_HZ) > _CLEAR
    assert others.last(0.5).tone_share(ANNA_HZ) > _CLEAR


async def test_who_hands_a_call_over_after_a_talk_records_neither_any_more(office: Office) -> None:
    await office.call("anna", "beat")
    await office.recorded()
    leg_id = await office.leg(office.beat, office.number("anna"))
    held_id = (await asked(office.beat, "desk_phone.hold", leg_id=leg_id))["held_id"]
    first = await office.recorded(0.5)
    await asked(office.beat, "desk_phone.dial", number=office.number("eva"), leg_id=leg_id)
    await office.answered("eva")
    await wait_until_async(
        lambda: office.running() not in ([], [first]), "the second recording", 20 * SECONDS
    )
    await office.recorded()
    await asked(office.beat, "desk_phone.join", call_id=held_id, other_call_id=leg_id)
    await office.over("beat")
    await office.nothing_runs()
    assert office.phones["anna"].calls()[0].state == "ESTABLISHED"
    await asyncio.to_thread(office.phones["eva"].hang_up)

    entries = await office.kept(2)
    assert [one.party.number for one in entries] == [office.number("anna"), office.number("eva")]
    for entry, tone_hz in zip(entries, (ANNA_HZ, EVA_HZ), strict=True):
        assert office.sound(entry)[1].first(0.5).tone_share(tone_hz) > _CLEAR


async def test_who_is_handed_over_goes_on_recording(office: Office) -> None:
    await office.call("anna", "beat")
    first = await office.recorded()
    office.phones["anna"].transfer(f"sip:{office.number('eva')}@{HOST}")
    await office.answered("eva")
    await office.another(first)
    await asyncio.to_thread(office.phones["eva"].hang_up)

    entries = await office.kept(2)
    assert [one.party.number for one in entries] == [office.number("anna"), office.number("eva")]
    assert all(one.end is RecordingEnd.CALL_ENDED and one.automatic for one in entries)
    for entry, tone_hz in zip(entries, (ANNA_HZ, EVA_HZ), strict=True):
        mine, others = office.sound(entry)
        assert mine.last(0.5).tone_share(BEAT_HZ) > _CLEAR
        assert tones(others) == {tone_hz}, str(others)
