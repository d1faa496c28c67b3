"""One channel of a recorded call: what its facts say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wwphone.server.asterisk.channels import user_in
from wwphone.server.asterisk.records.facts import Fact

DIALLED = ("s", "")
"""Where a channel begins that Asterisk calls; one that calls us begins with what it dials."""


@dataclass(eq=False, slots=True)
class Talk:
    """A time that a channel spent in a bridge."""

    bridge: str
    since: float
    until: float | None = None
    peers: set[str] = field(default_factory=set)
    """Uniqueids of those who were in it meanwhile."""


@dataclass(eq=False, slots=True)
class RecordedChannel:
    """A channel from its beginning to its end."""

    uniqueid: str
    name: str
    link: str
    """The Linkedid it began with."""
    started: float
    dials: str
    number: str
    caller_name: str
    context: str
    user: str = ""
    offered: tuple[str, str] | None = None
    """Kind and called number, of a device that was rung for its user."""
    again: bool = False
    """A call came back to it: handed over in vain, parked too long, held when the phone was put down."""
    sip_call_id: str = ""
    device: str = ""
    answered: float | None = None
    ended: float | None = None
    last: Fact | None = None
    cause: int = 0
    source: str = ""
    dial_status: str = ""
    talks: list[Talk] = field(default_factory=list)
    steered: bool = False
    voicemail: float | None = None
    """Since when the voice mail has it."""

    @property
    def is_dialled(self) -> bool:
        """Whether Asterisk called it."""
        return self.dials in DIALLED

    def first_talk(self, since: float) -> Talk | None:
        """The first time in a bridge that began after a moment."""
        return next((talk for talk in self.talks if talk.since >= since), None)


def channels_of(facts: Sequence[Fact], is_user: Iterable[str]) -> dict[str, RecordedChannel]:
    """All channels of a call, by uniqueid."""
    users = frozenset(is_user) if not isinstance(is_user, frozenset) else is_user
    channels: dict[str, RecordedChannel] = {}
    members: dict[str, dict[str, Talk]] = {}
    for fact in facts:
        if fact.kind == "CHAN_START":
            user = user_in(fact.channel)
            channels[fact.uniqueid] = RecordedChannel(
                fact.uniqueid, fact.channel, fact.linkedid, fact.at, fact.exten, fact.number, fact.name,
                fact.context, user if user in users else "",
            )  # fmt: skip
            continue
        channel = channels.get(fact.uniqueid)
        if channel is not None:
            _apply(channel, fact, members)
    return channels


def _apply(channel: RecordedChannel, fact: Fact, members: dict[str, dict[str, Talk]]) -> None:
    match fact.kind:
        case "ANSWER":
            channel.answered = fact.at if channel.answered is None else channel.answered
        case "HANGUP":
            channel.last = fact
            cause = fact.extra.get("hangupcause")
            channel.cause = cause if isinstance(cause, int) else 0
            channel.source = fact.extra_text("hangupsource")
            channel.dial_status = fact.extra_text("dialstatus")
        case "CHAN_END":
            channel.ended = fact.at
            _leave(channel, fact.at, members)
        case "BRIDGE_ENTER":
            _leave(channel, fact.at, members)
            _enter(channel, fact, members)
        case "BRIDGE_EXIT":
            _leave(channel, fact.at, members)
        case "APP_START" if fact.app.lower() == "voicemail":
            channel.voicemail = fact.at if channel.voicemail is None else channel.voicemail
        case "wwphone-offer":
            kind, called, *call_id = [*fact.told, "", ""][:3]
            channel.offered, channel.sip_call_id = (kind, called), "".join(call_id)
        case "wwphone-again":
            channel.again, channel.sip_call_id = True, fact.told[0]
        case "wwphone-device":
            channel.device = fact.told[0][:200]
        case "wwphone-desk-waits" | "wwphone-desk-dials":
            channel.steered = True
        case _:
            pass


def _enter(channel: RecordedChannel, fact: Fact, members: dict[str, dict[str, Talk]]) -> None:
    bridge = fact.extra_text("bridge_id")
    talk = Talk(bridge, fact.at)
    there = members.setdefault(bridge, {})
    for uniqueid, other in there.items():
        other.peers.add(channel.uniqueid)
        talk.peers.add(uniqueid)
    there[channel.uniqueid] = talk
    channel.talks.append(talk)


def _leave(channel: RecordedChannel, at: float, members: dict[str, dict[str, Talk]]) -> None:
    if channel.talks and channel.talks[-1].until is None:
        talk = channel.talks[-1]
        talk.until = at
        members.get(talk.bridge, {}).pop(channel.uniqueid, None)
