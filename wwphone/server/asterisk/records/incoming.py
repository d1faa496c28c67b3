"""What became of a call for each person whom it was for.

A row is known by the call's Linkedid at the moment it came, and its owner: everything that happens with the same call and the
same person belongs to it (rung again, fetched from parking, moved to another device). It is told as soon as the call is over
for that person, and again if there is more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from wwphone.domain.calls import CallDirection, CallKind
from wwphone.domain.history import CallResult
from wwphone.server.asterisk.records.channels import RecordedChannel
from wwphone.server.asterisk.records.house import House
from wwphone.server.asterisk.records.story import BETWEEN, Step, Story, Wanted
from wwphone.server.history_api import RecordedCall

_DECLINED = 21
_UNKNOWN_NUMBER = 1
_KINDS = {kind.value: kind for kind in CallKind}


@dataclass(eq=False, slots=True)
class _Row:
    link: str
    user: str
    kind: CallKind
    called: str
    number: str
    name: str
    at: float
    caller: str
    """Uniqueid of the channel whose end is the call's."""
    rung: list[RecordedChannel] = field(default_factory=list)
    talked: list[tuple[float, RecordedChannel]] = field(default_factory=list)
    """Since when a leg of the owner's had the call."""

    def answered(self) -> float | None:
        """When the owner took it first."""
        return min((at for at, _ in self.talked), default=None)


def incoming_calls(story: Story, house: House) -> list[RecordedCall]:
    """All rows that are over for their owners."""
    rows = _Rows(story, house).collected()
    # What comes back to who handed it over is taken from nobody.
    taken = sorted((at, row.user) for row in rows for at, channel in row.talked if not channel.again)
    told = (_told(story, house, row, taken) for row in rows)
    return [one for one in told if one is not None]


class _Rows:
    def __init__(self, story: Story, house: House) -> None:
        self._story, self._house = story, house
        self._rows: dict[tuple[str, str], _Row] = {}

    def collected(self) -> list[_Row]:
        story = self._story
        for wanted in story.wanted:
            self._want(wanted, wanted.user, self._caller_of(wanted))
        for group in story.groups:
            members = [
                one.user for one in story.wanted if one.called == group.called and one.link == group.link
            ]
            for user in members or self._house.members_of(group.called):
                self._want(group, user, group.caller)
        for channel in story.channels.values():
            self._ring(channel)
        for step in story.taken:
            self._take(step)
        return [row for row in self._rows.values() if row.user in self._house.users]

    def _want(self, wanted: Wanted, user: str, caller: str) -> None:
        calling = self._story.channels.get(caller)
        if calling is not None and calling.user == user:
            return  # nobody calls oneself; a group may be called by a member
        key = wanted.link, user
        row = self._rows.get(key)
        if row is not None:
            row.caller, row.at = caller, min(row.at, wanted.at)
            return
        kind = _KINDS.get(wanted.kind, CallKind.INTERNAL)
        self._rows[key] = _Row(
            wanted.link, user, kind, wanted.called, wanted.number, wanted.name, wanted.at, caller
        )

    def _caller_of(self, wanted: Wanted) -> str:
        channel = self._story.channels.get(wanted.caller)
        if channel is not None and not channel.name.startswith(BETWEEN):
            return wanted.caller
        before = (
            one for one in reversed(self._story.groups) if one.link == wanted.link and one.at <= wanted.at
        )
        group = next(before, None)
        return group.caller if group is not None else wanted.link

    def _ring(self, channel: RecordedChannel) -> None:
        if not channel.user or (channel.offered is None and not channel.again):
            return
        key = channel.link, channel.user
        if key not in self._rows and channel.again:
            number, name = self._who_rings(channel)
            self._rows[key] = _Row(*key, CallKind.INTERNAL, "", number, name, channel.started, channel.link)
        row = self._rows.get(key)
        if row is None:
            return
        row.rung.append(channel)
        # Two may answer within a millisecond; only one is connected.
        if channel.answered is not None and self._story.is_connected(channel):
            row.talked.append((channel.answered, channel))

    def _who_rings(self, channel: RecordedChannel) -> tuple[str, str]:
        rings = f"PJSIP/{channel.user}/"
        for at, link, data, number, name in reversed(self._story.calling):
            if link == channel.link and at <= channel.started and rings in data:
                return number, name
        return "", ""

    def _take(self, step: Step) -> None:
        channel = self._story.channels[step.channel]
        key = step.link, step.user
        row = self._rows.get(key)
        if step.what == "move":
            row = next((one for one in reversed(self._rows.values()) if one.user == step.user), None)
        elif row is None:
            row = self._rows[key] = self._taken_row(step)
        if row is None:
            return
        for one in self._story.devices_of(channel, step.user):
            talk = one.first_talk(step.at) if step.what in ("pull", "move") else None
            if step.what in ("pickup", "fetch") or talk is not None:
                row.talked.append((step.at if talk is None else talk.since, one))

    def _taken_row(self, step: Step) -> _Row:
        former = [row for row in self._rows.values() if row.link == step.link]
        latest = max(former, key=lambda row: row.at, default=None)
        if step.what == "fetch" or latest is None:
            return _Row(step.link, step.user, CallKind.INTERNAL, "", *step.party, step.at, step.link)
        return _Row(
            step.link,
            step.user,
            latest.kind,
            latest.called,
            latest.number,
            latest.name,
            latest.at,
            latest.caller,
        )


def _told(story: Story, house: House, row: _Row, taken: list[tuple[float, str]]) -> RecordedCall | None:
    legs = list(dict.fromkeys([*row.rung, *(channel for _, channel in row.talked)]))
    ends = [(at, channel, _end_of_talk(story, row, at, channel)) for at, channel in row.talked]
    if any(end is None for _, _, end in ends) or any(
        one.ended is None for one in row.rung if not one.steered
    ):
        return None
    by = next((user for at, user in taken if user != row.user and at >= row.at), "") if not row.talked else ""
    over = _has_ended(story, row.caller)
    if not row.talked and not by and not over:
        return None
    return RecordedCall(
        entry_id=f"{row.link}-{row.user}",
        user=row.user,
        call_id=row.link,
        direction=CallDirection.INCOMING,
        kind=row.kind,
        number=row.number,
        name=row.name,
        called=row.called,
        group=house.group_name(row.called) if row.kind is CallKind.GROUP else "",
        started_at=datetime.fromtimestamp(row.at, UTC),
        result=_result(story, row, by),
        ring_s=_rang(row),
        talk_s=round(sum((end or at) - at for at, _, end in ends), 3),
        taken_by=by,
        device=next((channel.device for _, channel in row.talked if channel.device), ""),
        legs=tuple(channel.uniqueid for channel in legs if channel.user == row.user),
        sip_call_ids=tuple(channel.sip_call_id for channel in legs if channel.sip_call_id),
    )


def _result(story: Story, row: _Row, taken_by: str) -> CallResult:
    if row.talked:
        return CallResult.ANSWERED
    if any(channel.cause == _DECLINED for channel in row.rung):
        return CallResult.DECLINED
    if taken_by:
        return CallResult.TAKEN
    caller = story.channels.get(row.caller)
    if caller is not None and caller.voicemail is not None and caller.voicemail >= row.at:
        return CallResult.VOICEMAIL
    if caller is not None and caller.cause != _UNKNOWN_NUMBER and _went_outside(story, row):
        return CallResult.FORWARDED
    return CallResult.MISSED


def _went_outside(story: Story, row: _Row) -> bool:
    """Whether the last place it went on to is nobody's here."""
    sent = [step.at for step in story.forwards if step.channel == row.caller and step.at >= row.at]
    if not sent:
        return False
    return not any(one.caller == row.caller and one.at >= sent[-1] for one in (*story.wanted, *story.groups))


def _has_ended(story: Story, uniqueid: str) -> bool:
    channel = story.channels.get(uniqueid)
    return story.is_over if channel is None else channel.ended is not None


def _rang(row: _Row) -> float:
    if not row.rung:
        return 0.0
    since = min(channel.started for channel in row.rung)
    answered = row.answered()
    ends = [channel.ended or channel.started for channel in row.rung]
    until = answered if answered is not None else max(ends)
    return round(max(until - since, 0.0), 3)


def _end_of_talk(story: Story, row: _Row, since: float, channel: RecordedChannel) -> float | None:
    """When a leg's part in the call was over; None: it goes on. A steered phone goes on with other calls."""
    if not channel.steered:
        return channel.ended
    return end_of_steered(story, channel, since, channel.ended, {row.caller})


def end_of_steered(
    story: Story, channel: RecordedChannel, since: float, before: float | None, peers: set[str]
) -> float | None:
    """When a steered phone was last connected with one of these; None: it is, or they wait for it."""
    talks = [talk for talk in channel.talks if talk.since >= since and talk.peers & peers]
    open_now = any(talk.until is None for talk in talks)
    if open_now or (before is None and not all(_has_ended(story, peer) for peer in peers)):
        return None
    ends = [talk.until for talk in talks if talk.until is not None]
    return max(ends, default=since)
