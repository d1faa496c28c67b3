"""What a recorded call consists of: its channels, whom it was for, who took it from whom. Made from its facts in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wwphone.server.asterisk.channels import user_in
from wwphone.server.asterisk.records.channels import RecordedChannel, channels_of
from wwphone.server.asterisk.records.facts import Fact

_WITHHELD = "prohib"
BETWEEN = "Local/"
"""How channels of Asterisk's own are called: two halves, `;1` and `;2`, between whoever calls and who is rung."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody was called, or (without a user) a ring group was."""

    at: float
    user: str
    kind: str
    called: str
    caller: str
    """Uniqueid of the calling channel; within a group that is one of Asterisk's own between."""
    link: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person's channel did with a call."""

    at: float
    user: str
    channel: str
    """Its uniqueid."""
    link: str
    """Of the call it was done with."""
    what: str = ""
    party: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Story:
    """All of it."""

    channels: dict[str, RecordedChannel]
    wanted: list[Wanted] = field(default_factory=list)
    groups: list[Wanted] = field(default_factory=list)
    forwards: list[Step] = field(default_factory=list)
    """Calls that went on elsewhere: `what` is the number."""
    taken: list[Step] = field(default_factory=list)
    """Picked up, fetched from parking, taken out of a queue, or moved to another own device (`what`: move)."""
    own: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    """By uniqueid of a channel: the user for whom Asterisk called their own device, why, and when that was told."""
    dials: list[Step] = field(default_factory=list)
    """Calls that begin with the own device being rung, or at a steered phone: `what` is the number."""
    waits: list[tuple[float, str, int]] = field(default_factory=list)
    """When a steered phone's channel was connected with nobody, its uniqueid, and why (Q.850)."""
    calling: list[tuple[float, str, str, str, str]] = field(default_factory=list)
    """Each `Dial`: when, its Linkedid, what it rings, number and name of who calls."""

    @property
    def is_over(self) -> bool:
        """Whether all channels have ended."""
        return all(channel.ended is not None for channel in self.channels.values())

    def by_name(self, name: str) -> RecordedChannel | None:
        """The latest channel of a name."""
        return next((one for one in reversed(self.channels.values()) if one.name == name), None)

    def is_connected(self, channel: RecordedChannel) -> bool:
        """Whether it has been in a bridge with somebody, and not only with half of a channel whose other half nobody took.

        Each member of a ring group rings in a channel between of its own. Two who answer at once are both bridged
        with theirs, and one of these is then put down unanswered ("answered elsewhere").
        """
        return self._reaches(channel, {channel.uniqueid})

    def _reaches(self, channel: RecordedChannel, seen: set[str]) -> bool:
        fresh = {peer for talk in channel.talks for peer in talk.peers} - seen
        seen |= fresh
        return any(self._is_somebody(peer, seen) for peer in fresh)

    def _is_somebody(self, uniqueid: str, seen: set[str]) -> bool:
        channel = self.channels.get(uniqueid)
        if channel is None or not channel.name.startswith(BETWEEN):
            return True
        other = self.by_name(channel.name[:-1] + ("1" if channel.name.endswith("2") else "2"))
        if other is None:
            return True
        if not other.talks:
            return other.answered is not None
        seen.add(other.uniqueid)
        return self._reaches(other, seen)

    def devices_of(self, channel: RecordedChannel, user: str) -> list[RecordedChannel]:
        """The channel itself, and the user's devices that Asterisk called for it, when it is one between."""
        if channel.user == user:
            return [channel]
        return [channel, *(
            one for one in self.channels.values()
            if one.user == user and one.link == channel.link and one.is_dialled and one.offered is None and not one.again
        )]  # fmt: skip


def story_of(facts: Sequence[Fact], users: frozenset[str]) -> Story:
    """Read the facts of one call."""
    story = Story(channels_of(facts, users))
    for fact in facts:
        if fact.kind.startswith("wwphone-"):
            _take_ours(story, fact)
        elif fact.kind == "PICKUP":
            _take_pickup(story, fact)
        elif fact.kind == "PARK_END" and fact.extra.get("retriever"):
            _take_fetched(story, fact)
        elif fact.kind == "APP_START" and fact.app == "Dial":
            story.calling.append((fact.at, fact.linkedid, fact.app_data, fact.number, fact.name))
    return story


def _take_ours(story: Story, fact: Fact) -> None:
    told = [*fact.told, "", "", "", ""]
    match fact.kind:
        case "wwphone-wanted":
            story.wanted.append(_wanted(fact, told[0], told[1], told[2], told[3]))
        case "wwphone-group":
            story.groups.append(_wanted(fact, "", "group", told[0], told[1]))
        case "wwphone-forwards":
            story.forwards.append(Step(fact.at, told[0], fact.uniqueid, fact.linkedid, told[1]))
        case "wwphone-dials" | "wwphone-desk-dials":
            story.dials.append(Step(fact.at, told[0], fact.uniqueid, fact.linkedid, told[1]))
        case "wwphone-claims" | "wwphone-fetches":
            story.own[fact.uniqueid] = (told[0], fact.kind, fact.at)
        case "wwphone-moves":
            story.taken.append(Step(fact.at, told[0], fact.uniqueid, fact.linkedid, "move"))
        case "wwphone-pulls":
            _take_pulled(story, fact, told[0], told[2])
        case "wwphone-desk-waits":
            story.waits.append((fact.at, fact.uniqueid, int(told[0]) if told[0].isdecimal() else 0))
        case _:
            pass


def _wanted(fact: Fact, user: str, kind: str, called: str, presentation: str) -> Wanted:
    shown = not presentation.startswith(_WITHHELD)
    number, name = (fact.number, fact.name) if shown else ("", "")
    return Wanted(fact.at, user, kind, called, fact.uniqueid, fact.linkedid, number, name)


def _take_pickup(story: Story, fact: Fact) -> None:
    by = fact.extra_text("pickup_channel_uniqueid")
    channel = story.channels.get(by)
    user = story.own[by][0] if by in story.own else user_in(fact.extra_text("pickup_channel"))
    if channel is not None and user:
        story.taken.append(Step(fact.at, user, by, fact.linkedid, "pickup"))


def _take_fetched(story: Story, fact: Fact) -> None:
    channel = story.by_name(fact.extra_text("retriever"))
    if channel is None:
        return
    user = story.own[channel.uniqueid][0] if channel.uniqueid in story.own else channel.user
    story.taken.append(
        Step(fact.at, user, channel.uniqueid, fact.linkedid, "fetch", (fact.number, fact.name))
    )


def _take_pulled(story: Story, fact: Fact, user: str, pulled: str) -> None:
    channel, by = story.by_name(pulled), story.channels.get(fact.uniqueid)
    if channel is not None and by is not None:
        story.taken.append(Step(fact.at, user or by.user, fact.uniqueid, channel.link, "pull"))
