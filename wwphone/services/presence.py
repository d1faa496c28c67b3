"""Colleagues with their presence and phone state, as the server tells; one's own presence; finding people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wwphone.cti.api import CtiLink, LinkEvent, LinkState, LinkStateChanged, MirrorChanged, MirrorReplaced
from wwphone.domain.account import Right
from wwphone.domain.calls import CallKind, PhoneState
from wwphone.domain.folding import folded, wanted_words
from wwphone.domain.presence import Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.message import Event
from wwphone.protocol.presence import (
    ColleagueChanged,
    ColleagueRemoved,
    GroupsChanged,
    PresenceChanged,
    SetPresence,
)
from wwphone.services.observing import Listeners


@dataclass(frozen=True)
class ColleagueLine:
    """One line of the colleagues' list."""

    colleague: Colleague
    presence: Presence | None
    """None: never told."""
    phone: PhoneState

    @property
    def status(self) -> PresenceStatus:
        """What the list shows."""
        return self.presence.shown if self.presence else PresenceStatus.OFFLINE


class PresenceService:
    """Everybody one may see. While the line is down, all stays as of the moment it broke."""

    def __init__(self, link: CtiLink) -> None:
        self._link = link
        self._lines: dict[str, ColleagueLine] = {}
        self._names: dict[str, str] = {}
        """What each user is sorted by: the folded nickname."""
        self._words: dict[str, str] = {}
        """What each user is found by: folded nickname and number."""
        self._users: dict[str, str] = {}
        """Users by their number."""
        self.as_of: datetime | None = None
        """The moment of what is shown while the line is down; None: live."""
        self.replaced: Listeners[None] = Listeners()
        """Everything is new: groups, lines, or whether it is live."""
        self.changed: Listeners[tuple[ColleagueLine, ...]] = Listeners()
        """These lines changed in place."""

    @property
    def groups(self) -> tuple[PresenceGroup, ...]:
        """The groups in their order."""
        return tuple(sorted(self._link.mirror.groups, key=lambda group: group.position))

    def by_group(self, text: str = "") -> tuple[tuple[str, tuple[ColleagueLine, ...]], ...]:
        """Groups in their order with their people by name; with `text`, only whom `find` would find, no empty groups."""
        members: dict[str, list[str]] = {group.name: [] for group in self.groups}
        for user in self._matching(text) if text.strip() else self._lines:
            members.setdefault(self._lines[user].colleague.group, []).append(user)
        return tuple(
            (group, tuple(self._lines[user] for user in sorted(users, key=self._order)))
            for group, users in members.items()
            if users
        )

    def line(self, user: str) -> ColleagueLine | None:
        """One colleague's line."""
        return self._lines.get(user)

    @property
    def own(self) -> Presence | None:
        """One's own presence; None before sign-in."""
        profile = self._link.mirror.profile
        return self._link.mirror.presences.get(profile.user) if profile else None

    @property
    def own_set_by(self) -> str:
        """The name of whoever chose one's own presence, when it was somebody else; empty: nobody did."""
        user = self.own.set_by if self.own else ""
        line = self._lines.get(user)
        return line.colleague.nickname if line else user

    def reach(self, status: PresenceStatus) -> frozenset[CallKind]:
        """Which kinds of call ring in this state, by the server's matrix; none for *Offline*."""
        return self._link.mirror.reach.get(status, frozenset())

    def with_number(self, number: str) -> Colleague | None:
        """Who has this internal number."""
        line = self._lines.get(self._users.get(number, ""))
        return line.colleague if line else None

    def find(self, text: str, limit: int = 8) -> tuple[Colleague, ...]:
        """Others whose name or number holds every word of `text`; exact numbers and beginnings first."""
        wanted = wanted_words(text)
        number = text.strip()

        def rank(user: str) -> tuple[int, str]:
            words = self._words[user]
            if self._lines[user].colleague.number == number:
                return 0, words
            return (1 if any(part.startswith(wanted[0]) for part in words.split()) else 2), words

        profile = self._link.mirror.profile
        others = (user for user in self._matching(text) if profile is None or user != profile.user)
        return tuple(self._lines[user].colleague for user in sorted(others, key=rank)[:limit])

    @property
    def may_set_others(self) -> bool:
        """Whether one may choose the presence of others, now: with the right and a line to the server."""
        profile = self._link.mirror.profile
        has_right = profile is not None and Right.SET_PRESENCE in profile.rights
        return has_right and self._link.state.state is LinkState.SIGNED_IN

    async def set(self, status: PresenceStatus, back_at: datetime | None = None, user: str = "") -> None:
        """Choose one's own presence, or a colleague's. Raises CommandRefusedError."""
        await self._link.request(SetPresence(status, back_at, user))

    # ------------------------------------------------------------ what the link tells

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self._rebuild()
            case MirrorChanged(events):
                self._change(events)
            case LinkStateChanged(state=state, since=since):
                as_of = since if state is LinkState.INTERRUPTED else None
                if state is not LinkState.CONNECTING and as_of != self.as_of:
                    self.as_of = as_of
                    self.replaced.tell(None)

    def _rebuild(self) -> None:
        for entries in (self._lines, self._names, self._words, self._users):
            entries.clear()
        for user in self._link.mirror.colleagues:
            self._renew(user)
        self.replaced.tell(None)

    def _change(self, events: Iterable[Event]) -> None:
        touched: dict[str, None] = {}
        reordered = False
        for event in events:
            match event:
                case PresenceChanged(user=user) | PhoneStateChanged(user=user):
                    touched[user] = None
                case ColleagueChanged(colleague=Colleague(user=user)) | ColleagueRemoved(user=user):
                    touched[user] = None
                    reordered = True
                case GroupsChanged():
                    reordered = True
        for user in touched:
            self._renew(user)
        if reordered:
            self.replaced.tell(None)
        elif touched:
            self.changed.tell(tuple(self._lines[user] for user in touched if user in self._lines))

    def _matching(self, text: str) -> list[str]:
        wanted = wanted_words(text)
        if not wanted:
            return []
        return [user for user, words in self._words.items() if all(word in words for word in wanted)]

    def _order(self, user: str) -> tuple[str, str]:
        return self._names[user], self._lines[user].colleague.number

    def _renew(self, user: str) -> None:
        mirror = self._link.mirror
        colleague = mirror.colleagues.get(user)
        known = self._lines.get(user)
        if known and (colleague is None or colleague.number != known.colleague.number):
            self._users.pop(known.colleague.number, None)
        if colleague is None:
            for entries in (self._lines, self._names, self._words):
                entries.pop(user, None)
            return
        self._lines[user] = ColleagueLine(
            colleague, mirror.presences.get(user), mirror.phones.get(user, PhoneState.OFFLINE)
        )
        if known is None or known.colleague != colleague:
            name = self._names[user] = folded(colleague.nickname)
            self._words[user] = f"{name} {colleague.number}"
            self._users[colleague.number] = user
