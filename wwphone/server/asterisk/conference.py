"""Conference rooms of Asterisk (app_confbridge): what is done there; who is there is in `conference_book`.

Theory. People are called in by a Local channel, whose one half dials in `wwphone-conference-call` with the rights and the number of
whoever invites, and whose other half enters the room when that was answered; it stays between the two, so muting and
hanging up are done at that half. A chair is remembered in the channel's variable `WWPHONE_CONFERENCE`.
"""

from __future__ import annotations

import contextlib
import logging
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from wwphone.server.api import PbxConfiguration, PbxError, PbxEvent, PbxLostError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.channel_questions import ChannelQuestions
from wwphone.server.asterisk.conference_book import INVITATION_PREFIX, ConferenceBook
from wwphone.server.asterisk.conference_entry import CONFERENCE_VARIABLE, Entered, is_room
from wwphone.server.asterisk.configuration.escaping import display_name
from wwphone.server.asterisk.doors import DoorKeeper
from wwphone.server.asterisk.registration_watch import Request
from wwphone.server.asterisk.spoken_names import SpokenNames, names_in
from wwphone.server.asterisk.state import PbxState
from wwphone.server.clock import Clock
from wwphone.server.conference_api import PbxDoor, PbxInvitation

logger = logging.getLogger(__name__)

INVITE_TIMEOUT_S = 45.0
"""How long whoever is invited may let it ring, if nothing ends it sooner."""
_CALL_CONTEXT, _INVITED_CONTEXT = "wwphone-conference-call", "wwphone-conference-invited"
_NUMBER = re.compile(r"\+?[0-9]{1,32}")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_WORDS: Mapping[str, str] = {"de": "Konferenz"}
_WORD = "Conference"
"""What the called phone shows before the name of whoever invites, by the PBX's language."""

Fields = Mapping[str, str]


class Conference:
    """Fulfils `ConferencePbx`, only while the line to the PBX is up; doors are remembered."""

    def __init__(
        self,
        state: PbxState,
        request: Request,
        tell: Callable[[Iterable[PbxEvent]], None],
        must_be_connected: Callable[[], None],
        clock: Clock,
        names: SpokenNames,
    ) -> None:
        """`must_be_connected` raises PbxError while the PBX is out of reach; `names` are those of users."""
        self._state = state
        self._request = request
        self._ask = ChannelQuestions(request)
        self._tell = tell
        self._must_be_connected = must_be_connected
        self._names = names
        self._doors = DoorKeeper(request)
        self._book = ConferenceBook(
            lambda name: name in state.users, self._is_inside, state.legs, self._doors.invitee, clock
        )
        self._line_up = False
        self._language = "en"

    # -- ConferencePbx

    async def set_doors(self, doors: Collection[PbxDoor]) -> None:
        """See `ConferencePbx.set_doors`."""
        self._doors.want(doors)
        self._tell(self._book.doors_changed())
        if self._line_up:
            await self._bring()

    async def invite(self, invitation: PbxInvitation) -> None:
        """See `ConferencePbx.invite`."""
        self._must_be_connected()
        fields = list(self._fields(invitation))
        self._tell(self._book.invite(invitation))
        try:
            answer = await self._request("Originate", *fields)
            if not answer.success:
                raise PbxError(f"Asterisk does not dial: {answer.message}")
        except PbxError:
            self._book.withdraw(invitation.invitation_id)
            raise

    async def withdraw(self, invitation_id: str) -> None:
        """See `ConferencePbx.withdraw`."""
        self._must_be_connected()
        if not self._book.is_called(invitation_id):
            raise KeyError(invitation_id)
        self._book.withdraw(invitation_id)
        if not await self._ask.hang_up(f"{INVITATION_PREFIX}{invitation_id}"):
            raise KeyError(invitation_id)

    async def mute(self, participant_id: str, muted: bool) -> None:
        """See `ConferencePbx.mute`."""
        await self._act("ConfbridgeMute" if muted else "ConfbridgeUnmute", participant_id)

    async def hang_up(self, participant_id: str) -> None:
        """See `ConferencePbx.hang_up`. They hear that it is over for them."""
        await self._act("ConfbridgeKick", participant_id)

    async def lock(self, room: str, locked: bool) -> None:
        """See `ConferencePbx.lock`."""
        self._must_be_connected()
        await self._ask.act("ConfbridgeLock" if locked else "ConfbridgeUnlock", ("Conference", room))
        self._tell(self._book.lock(room, locked=locked))

    async def set_chair(self, participant_id: str, chair: bool) -> None:
        """See `ConferencePbx.set_chair`."""
        self._must_be_connected()
        came = replace(self._book[participant_id].came, chair=chair)
        await self._ask.set(participant_id, CONFERENCE_VARIABLE, came.text)
        self._tell(self._book.set_chair(participant_id, chair=chair))

    async def end(self, room: str) -> None:
        """See `ConferencePbx.end`."""
        self._must_be_connected()
        for invitation_id in self._book.called_into(room):
            self._book.withdraw(invitation_id)
            await self._ask.hang_up(f"{INVITATION_PREFIX}{invitation_id}")
        if self._book.in_room(room):
            await self._ask.tell("ConfbridgeKick", ("Conference", room), ("Channel", "all"))

    # -- for the adapter

    def configured(self, configuration: PbxConfiguration) -> None:
        """There are other people, or another language."""
        self._language = configuration.language
        self._names.want(names_in(configuration), configuration.language)

    async def shutdown(self) -> None:
        """There is no line any more, and nobody's name is spoken."""
        self.line_down()
        await self._names.shutdown()

    def line_up(self) -> None:
        """There is a new line: what stands in AstDB must be read again."""
        self._line_up = True
        self._doors.forget()

    def line_down(self) -> None:
        """There is none."""
        self._line_up = False

    async def bring(self) -> None:
        """Bring the doors over a new line."""
        if self._line_up:
            # It stands in the log, and what is wanted next brings these, too.
            with contextlib.suppress(PbxError):
                await self._bring()

    async def read(self) -> tuple[list[Fields], list[Fields]]:
        """All participants and rooms as Asterisk lists them, none where no conference runs. Raises PbxLostError."""
        listed_rooms = (await self._request("ConfbridgeListRooms")).items
        rooms = [item.fields for item in listed_rooms if is_room(item.fields.get("Conference", ""))]
        people: list[Fields] = []
        for room in rooms:
            listed = await self._request("ConfbridgeList", ("Conference", room.get("Conference", "")))
            people += [item.fields for item in listed.items]
        return people, rooms

    def take(self, channels: Iterable[Fields], read: tuple[list[Fields], list[Fields]]) -> None:
        """Take everything for the truth and tell it."""
        self._tell(self._book.replace_all(channels, *read))

    def apply(self, event: AmiEvent) -> None:
        """Take an event."""
        told = self._book.apply(event)
        if told:
            self._tell(told)

    # -- inside

    def _is_inside(self, number: str) -> bool:
        return any(user.number == number for user in self._state.users.values())

    async def _bring(self) -> None:
        """A line that breaks is no failure: it is brought over the next one. Raises PbxError when Asterisk refuses."""
        try:
            await self._doors.bring()
        except PbxError as error:
            if self._line_up and not isinstance(error, PbxLostError):
                logger.error("who is let into conferences could not be brought to Asterisk: %s", error)  # noqa: TRY400
                raise

    async def _act(self, action: str, participant_id: str) -> None:
        """Do something with a participant. Raises KeyError when there is none."""
        self._must_be_connected()
        one = self._book[participant_id]
        fields = (("Conference", one.came.room), ("Channel", one.channel))
        if not await self._ask.tell(action, *fields):
            raise KeyError(participant_id)

    def _fields(self, invitation: PbxInvitation) -> Iterator[tuple[str, str]]:
        """Of the action that calls somebody in. Raises PbxError for what cannot be dialled."""
        by = self._state.users.get(invitation.by)
        if by is None:
            raise PbxError(f"{invitation.by} is no user")
        if not _NUMBER.fullmatch(invitation.number) or not _ID.fullmatch(invitation.invitation_id):
            raise PbxError(f"{invitation.number!r} is no number the PBX can call in")
        came = Entered(invitation.room, invitation_id=invitation.invitation_id, number=invitation.number)
        inside = self._is_inside(invitation.number)
        said = by.number if inside or not by.displayed_number else by.displayed_number
        word = _WORDS.get(self._language[:2], _WORD)
        yield "ChannelId", f"{INVITATION_PREFIX}{invitation.invitation_id}"
        # m: who puts the conference on hold is heard as nothing, else the music for it plays to all the others.
        yield "Channel", f"Local/{invitation.number}@{_CALL_CONTEXT}/nm"
        yield "Context", _INVITED_CONTEXT
        yield "Exten", invitation.room
        yield "Priority", "1"
        yield "CallerID", f'"{word}: {display_name(invitation.by_name, by.number)}" <{by.number}>'
        yield "Timeout", str(math.ceil(INVITE_TIMEOUT_S * 1000))
        yield "Async", "true"
        variables = {
            "__WWPHONE_INVITATION": invitation.invitation_id,
            "__WWPHONE_INVITED_TO": invitation.room,
            CONFERENCE_VARIABLE: came.text,
            "WWPHONE_INVITED": invitation.number,
            "WWPHONE_INVITED_BY": said.removeprefix("+"),
            "WWPHONE_INVITED_BY_NAME": self._names.prompt(invitation.by_name),
            "WWPHONE_NUMBER": by.number,
            "WWPHONE_DISPLAYED_NUMBER": by.displayed_number,
            "WWPHONE_DISPLAYED_WHEN_FORWARDING": by.displayed_number_when_forwarding,
        }
        yield from (("Variable", f"{name}={value}") for name, value in variables.items() if value)
