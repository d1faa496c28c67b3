"""A house with conference rooms at a real Asterisk, and what is told of them."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

from tests.helpers.waiting import SECONDS
from tests.service.brief_words import our_brief_words
from tests.service.pbx_company import COMPANY, Company
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.domain.conference import InvitationState, Participant
from wwphone.server.api import PbxConfiguration, PbxRoom
from wwphone.server.conference_api import (
    PbxDoor,
    PbxInvitationChanged,
    PbxOpening,
    PbxParticipantChanged,
    PbxParticipantLeft,
)

CONFERENCE_NUMBER = "+41445550000"
ROOMS = (
    PbxRoom("201", "Annas Raum", "1234", "anna"),
    PbxRoom("850", "Sitzung"),
    PbxRoom("851", "Rat", "4321"),
)
HOUSE = PbxConfiguration(COMPANY.users, COMPANY.ring_groups, ROOMS, "de", conference_number=CONFERENCE_NUMBER)
FAR_NUMBER, BUSY_NUMBER, REFUSING_NUMBER, SILENT_NUMBER = "0800", "0486", "0603", "0480"
DIALPLAN = """\
[wwphone-outgoing]
; somebody outside who answers, and waits; who is busy, declines, lets it ring
exten => 0800,1,Answer()
 same => n,Wait(60)
 same => n,Hangup()
exten => 0486,1,Hangup(17)
exten => 0603,1,Hangup(21)
exten => 0480,1,Ringing()
 same => n,Wait(60)
; a phone of the house plays somebody who calls from outside
exten => _99X.,1,Set(CALLERID(all)=<+41319998877>)
 same => n,Set(WWPHONE_NUMBER=)
 same => n,Goto(wwphone-direct,+${EXTEN:2},1)
"""
"""The administrator's own part."""


def opening(since_s: float, until_s: float) -> PbxOpening:
    """From and until so many seconds from now."""
    now = datetime.now(UTC)
    opens = now + timedelta(seconds=since_s)
    return PbxOpening(opens, opens, now + timedelta(seconds=until_s))


OPEN, EARLY, LATE = (-60.0, 3600.0), (600.0, 3600.0), (-3600.0, -60.0)


def door(name: str, room: str, pins: dict[str, str], *openings: tuple[float, float]) -> PbxDoor:
    """A planned conference with what `opening` takes."""
    return PbxDoor(name, room, tuple(opening(*one) for one in openings), tuple(pins.items()), "Europe/Zurich")


class ConferenceHouse(Company):
    """Everybody's phones, and who is in a conference by what was told alone."""

    async def open(self, configuration: PbxConfiguration = HOUSE) -> None:
        """With rooms."""
        with our_brief_words(self.asterisk):
            await super().open(configuration)

    async def close(self) -> None:
        """Without doors for the next one."""
        await self.pbx.conference.set_doors([])
        await super().close()

    async def phone_of(self, user: str) -> ScriptedPhone:
        """The one phone of a user."""
        known = (one for one in self.phones if one.user == user)
        return next(known, None) or await self.phone(user)

    async def dials(self, user: str, number: str, keys: str = "") -> PhoneCall:
        """A user calls a number that answers, and presses keys."""
        call = await (await self.phone_of(user)).dial(number)
        assert await call.final_status() == 200
        call.press(keys)
        return call

    async def comes(self, user: str, number: str, keys: str = "") -> PhoneCall:
        """A user dials in, and is there."""
        call = await self.dials(user, number, keys)
        await self.until(lambda: self.who(user), f"{user} in the conference", 20 * SECONDS)
        return call

    @property
    def there(self) -> dict[str, Participant]:
        """Who is in a conference."""
        found: dict[str, Participant] = {}
        for event in self.told:
            if isinstance(event, PbxParticipantChanged):
                found[event.participant.participant_id] = event.participant
            elif isinstance(event, PbxParticipantLeft):
                found.pop(event.participant_id, None)
        return found

    def who(self, user: str) -> Participant | None:
        """A user's place in a conference."""
        return next((one for one in self.there.values() if one.user == user), None)

    def place(self, user: str) -> Participant:
        """The same for whoever is there."""
        found = self.who(user)
        assert found is not None
        return found

    def invitation_states(self, invitation_id: str) -> list[InvitationState]:
        """What became of an invitation, one after the other."""
        told = self.of(PbxInvitationChanged)
        return [event.state for event in told if event.invitation_id == invitation_id]

    async def until_invitation(self, invitation_id: str, state: InvitationState) -> None:
        """Wait until this is the last that was told of it."""
        await self.until(
            lambda: self.invitation_states(invitation_id)[-1:] == [state],
            f"{invitation_id}: {state}",
            20 * SECONDS,
        )

    def refusals(self) -> list[str]:
        """Why callers were not let in, as it stands in the record of calls: room and reason."""
        with self.settings.call_records.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row and row[0] == "wwphone-conference-refused"]
        return [json.loads(row[-1])["extra"] for row in rows]
