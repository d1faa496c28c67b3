"""A client that knows of conferences what the product's own would know, and asks what it would ask."""

from __future__ import annotations

import json
from typing import Any

from tests.helpers.raw_cti import RawCtiClient
from wwphone.domain.conference import InvitationState
from wwphone.protocol.codec import decode_server_frame
from wwphone.protocol.conference import ConferencesState
from wwphone.protocol.conference_mirror import ConferenceMirror
from wwphone.protocol.frames import EventsFrame, SnapshotFrame


class Watcher:
    """A client, and what its mirror has of conferences: by snapshot and events, as the product's own takes them."""

    def __init__(self, client: RawCtiClient) -> None:
        self.client = client
        self.mirror = ConferenceMirror()
        self._taken = 0

    @property
    def state(self) -> ConferencesState:
        """All that has arrived."""
        for frame in self.client.frames[self._taken :]:
            if frame["kind"] in ("snapshot", "events"):
                match decode_server_frame(json.dumps(frame)):
                    case SnapshotFrame(state=state):
                        self.mirror.replace(state.conferences)
                    case EventsFrame(events=events):
                        for event in events:
                            if type(event) in self.mirror.handlers:
                                self.mirror.handlers[type(event)](event)
        self._taken = len(self.client.frames)
        return self.mirror.state()

    @property
    def rooms(self) -> dict[str, tuple[str, bool, str]]:
        """Dial-in, control and PIN of each room."""
        return {one.number: (one.dial_in, one.may_control, one.pin) for one in self.state.rooms}

    @property
    def people(self) -> dict[str, str]:
        """Names of those who are anywhere, by id."""
        return {one.participant_id: one.party.name for one in self.state.participants}

    @property
    def invited(self) -> dict[str, InvitationState]:
        """What became of whom, by number."""
        return {one.party.number: one.state for one in self.state.invitations}

    async def ask(self, command: str, **body: Any) -> str:
        """Send a command; return the code of its refusal, empty when it was carried out."""
        answer = await self.client.request(f"conference.{command}", body)
        return str(answer["body"]["code"]) if answer["kind"] == "failure" else ""

    async def invite(self, room: str, *numbers: str, name: str = "") -> str:
        """Call people in."""
        return await self.ask("invite", room=room, parties=[{"number": one, "name": name} for one in numbers])
