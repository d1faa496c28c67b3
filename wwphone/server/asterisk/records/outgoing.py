"""What became of the calls that a person made: from a device, by a click, or at a steered desk phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from wwphone.domain.calls import CallDirection, CallKind
from wwphone.domain.history import CallResult
from wwphone.domain.numbers import RESERVED_NUMBERS
from wwphone.server.asterisk.records.channels import RecordedChannel
from wwphone.server.asterisk.records.house import House
from wwphone.server.asterisk.records.incoming import end_of_steered
from wwphone.server.asterisk.records.story import Step, Story
from wwphone.server.history_api import RecordedCall

_SPOKEN_TO = frozenset({"801", "900", "901", "902"})
"""Numbers of the PBX itself that one talks with; the others only do something."""
_NO_CALLS = RESERVED_NUMBERS - _SPOKEN_TO
_BUSY = 17
_NOBODY = frozenset({1, 3, 18, 19, 20, 27, 31, 34})
"""Q.850: there is nobody, or nobody answers; 34 is how our dial plan says that nobody can be reached."""
_REFUSED = frozenset({21})


@dataclass(frozen=True, slots=True)
class _Outcome:
    answered: float | None
    ended: float
    result: CallResult


def outgoing_calls(story: Story, house: House) -> list[RecordedCall]:
    """All rows that are over."""
    told = [*_dialled(story, house), *_clicked(story, house)]
    return [one for one in told if one.user in house.users]


def _dialled(story: Story, house: House) -> Iterator[RecordedCall]:
    for channel in story.channels.values():
        number = house.called(channel.dials)
        if not channel.user or channel.is_dialled or not _is_call(number) or channel.ended is None:
            continue
        begins = Step(channel.started, channel.user, channel.uniqueid, channel.link, number)
        answered = channel.answered
        outcome = _Outcome(
            answered, channel.ended, _result(channel, channel.cause, answered, _dropped(channel))
        )
        yield _told(house, begins, [channel], outcome, f"{channel.uniqueid}+{channel.user}")


def _clicked(story: Story, house: House) -> Iterator[RecordedCall]:
    counts: dict[str, int] = {}
    for step in story.dials:
        counts[step.channel] = count = counts.get(step.channel, 0) + 1
        channel = story.channels.get(step.channel)
        number = house.called(step.what)
        if channel is None or not _is_call(number):
            continue
        outcome = (_steered if channel.steered else _simple)(story, step, channel)
        if outcome is not None:
            entry_id = f"{channel.uniqueid}+{step.user}" + (f"+{count}" if channel.steered else "")
            begins = Step(step.at, step.user, step.channel, step.link, number)
            yield _told(house, begins, story.devices_of(channel, step.user), outcome, entry_id)


def _is_call(number: str) -> bool:
    return bool(number) and not number.startswith("*") and number not in _NO_CALLS


def _simple(story: Story, step: Step, channel: RecordedChannel) -> _Outcome | None:
    devices = story.devices_of(channel, step.user)
    if any(one.ended is None for one in devices):
        return None
    ended = max(one.ended or 0.0 for one in devices)
    talk = channel.first_talk(step.at)
    answered = talk.since if talk is not None else None
    return _Outcome(answered, ended, _result(channel, channel.cause, answered, _dropped(channel)))


def _steered(story: Story, step: Step, channel: RecordedChannel) -> _Outcome | None:
    following = [one.at for one in story.dials if one.channel == step.channel and one.at > step.at]
    until = min(following, default=channel.ended)
    talk = channel.first_talk(step.at)
    waits = [(at, cause) for at, uniqueid, cause in story.waits if uniqueid == step.channel and at > step.at]
    first_wait = min(waits, default=None)
    if talk is None or (first_wait is not None and first_wait[0] < talk.since):
        if first_wait is not None:
            at, cause = first_wait
            return _Outcome(None, at, _result(channel, cause, None, dropped=cause in (0, 16, 127)))
        return None if channel.ended is None else _Outcome(None, channel.ended, CallResult.CANCELLED)
    stop = first_wait[0] if first_wait is not None else until
    peers = {
        peer
        for one in channel.talks
        if one.since >= talk.since and (stop is None or one.since < stop)
        for peer in one.peers
    }
    ended = end_of_steered(story, channel, talk.since, channel.ended, peers)
    return None if ended is None else _Outcome(talk.since, ended, CallResult.ANSWERED)


def _dropped(channel: RecordedChannel) -> bool:
    """Whether the caller gave up."""
    return channel.dial_status == "CANCEL" or channel.source == channel.name


def _result(channel: RecordedChannel, cause: int, answered: float | None, dropped: bool) -> CallResult:
    if channel.voicemail is not None and not channel.talks:
        return CallResult.VOICEMAIL
    if answered is not None:
        return CallResult.ANSWERED
    ended_at = (
        channel.last.exten if channel.last is not None and channel.last.context == "wwphone-ended" else ""
    )
    if dropped:
        return CallResult.CANCELLED
    if ended_at == "DECLINED" or (cause in _REFUSED and ended_at != "NOTPERMITTED"):
        return CallResult.DECLINED
    if cause == _BUSY:
        return CallResult.BUSY
    return CallResult.NOT_REACHED if cause in _NOBODY else CallResult.FAILED


def _told(
    house: House, step: Step, legs: list[RecordedChannel], outcome: _Outcome, entry_id: str
) -> RecordedCall:
    number = step.what
    inside = number in house.names or number in _SPOKEN_TO
    answered = outcome.answered
    return RecordedCall(
        entry_id=entry_id,
        user=step.user,
        call_id=step.link,
        direction=CallDirection.OUTGOING,
        kind=CallKind.INTERNAL if inside else CallKind.DIRECT,
        number=number,
        name=house.names.get(number, ""),
        called=number,
        group=house.group_name(number),
        started_at=datetime.fromtimestamp(step.at, UTC),
        result=outcome.result,
        ring_s=round((outcome.ended if answered is None else answered) - step.at, 3),
        talk_s=0.0 if answered is None else round(max(outcome.ended - answered, 0.0), 3),
        device=next((one.device for one in legs if one.device), ""),
        legs=tuple(one.uniqueid for one in legs if one.user == step.user),
        sip_call_ids=tuple(one.sip_call_id for one in legs if one.sip_call_id),
    )
