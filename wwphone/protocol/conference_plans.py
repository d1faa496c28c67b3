"""Planned conferences on the wire: checked, planned, changed, cancelled, extended; and the feed for one's calendar.

The feed goes by HTTP on the same address and port: `GET` of `FeedRenewed.path` answers with `text/calendar`; whoever has the address may read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wwphone.domain.conference_plans import (
    ConferencePlan,
    InvitationPreview,
    PlannedConference,
    PlanRemark,
    RememberedPlan,
)
from wwphone.protocol.message import Command, Event, Result


@dataclass(frozen=True)
class PreviewInvitation(Command):
    """Ask what is wrong with a plan and how its invitation will arrive. Refused with `not_permitted` without the right."""

    wire_name: ClassVar[str] = "conference.preview"
    acts: ClassVar[bool] = False
    plan: ConferencePlan
    conference_id: str = ""
    """The one that it changes; empty: a new one."""


@dataclass(frozen=True)
class InvitationPreviewed(Result):
    """Nothing was sent."""

    wire_name: ClassVar[str] = "conference.previewed"
    preview: InvitationPreview
    remarks: tuple[PlanRemark, ...] = ()


@dataclass(frozen=True)
class PlanConference(Command):
    """Plan a conference and send its invitations.

    For the same room and time as one that one planned before, it invites further people to that one. Refused with `not_permitted`
    without the right, and with `invalid` for what `conference.preview` would point out, warnings apart.
    """

    wire_name: ClassVar[str] = "conference.plan"
    plan: ConferencePlan


@dataclass(frozen=True)
class ConferencePlanned(Result):
    """It is planned; the mails are queued."""

    wire_name: ClassVar[str] = "conference.planned"
    conference: PlannedConference


@dataclass(frozen=True)
class ChangeConference(Command):
    """Change a conference of one's own: who stays invited gets an update, who is new an invitation, who is left out a cancellation.

    Refused as `conference.plan` is; with `not_found`; and with `conflict` when it was changed since, cancelled, or is over.
    """

    wire_name: ClassVar[str] = "conference.change"
    conference_id: str
    sequence: int
    """As one knows it."""
    plan: ConferencePlan


@dataclass(frozen=True)
class CancelConference(Command):
    """Cancel a conference of one's own; everybody gets a cancellation. Refused with `not_found`, `conflict` when it is over."""

    wire_name: ClassVar[str] = "conference.cancel"
    conference_id: str


@dataclass(frozen=True)
class SendInvitationAgain(Command):
    """Send the latest invitation once more to some of the invited. Refused with `not_permitted` without the right, `not_found`, `conflict` when it is over or was sent to one of them again less than a minute ago."""

    wire_name: ClassVar[str] = "conference.send_again"
    conference_id: str
    addresses: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class ExtendConference(Command):
    """Let a conference that goes on, and dial-in to it, last so many minutes more. Refused with `not_found`, `conflict` when it does not go on, `invalid`."""

    wire_name: ClassVar[str] = "conference.extend"
    conference_id: str
    minutes: int


@dataclass(frozen=True)
class RenewFeed(Command):
    """Make a new secret address for the feed of one's conferences; a former one is worth nothing any more."""

    wire_name: ClassVar[str] = "conference.renew_feed"


@dataclass(frozen=True)
class FeedRenewed(Result):
    """Where it is; told this once, since the server keeps only a digest of it."""

    wire_name: ClassVar[str] = "conference.feed_renewed"
    path: str = field(repr=False)


@dataclass(frozen=True)
class EndFeed(Command):
    """There is to be no feed any more."""

    wire_name: ClassVar[str] = "conference.end_feed"


@dataclass(frozen=True)
class FeedChanged(Event):
    """There is a feed now, or none any more."""

    wire_name: ClassVar[str] = "conference.feed_changed"
    feed: bool


@dataclass(frozen=True)
class PlannedConferenceChanged(Event):
    """A conference of one's own was planned, changed, or somebody answered."""

    wire_name: ClassVar[str] = "conference.plan_changed"
    conference: PlannedConference


@dataclass(frozen=True)
class PlannedConferenceRemoved(Event):
    """It is long over."""

    wire_name: ClassVar[str] = "conference.plan_removed"
    conference_id: str


@dataclass(frozen=True)
class PlanRemembered(Event):
    """What the next invitation begins with."""

    wire_name: ClassVar[str] = "conference.remembered"
    remembered: RememberedPlan
