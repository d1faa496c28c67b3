"""Colleagues with their presence and phone state, as the server tells; one's own presence; finding people."""

from __future__ import annotations

import itertools
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

    @property
    def do_not_disturb(self) -> bool:
        """Whether nothing rings there, whatever the list shows besides."""
        return self.presence is not None and self.presence.do_not_disturb


class PresenceService:
    """Everybody one may see. While the line is down, all stays as of the moment it broke.

    Thousands may change each second and few of them are in sight: lines are put together when somebody looks.
    """

    def __init__(self, link: CtiLink) -> None:
        self._link = link
        self._lines: dict[str, ColleagueLine] = {}
        """Those that were asked for since they changed."""
        self._colleagues: dict[str, Colleague] = {}
        """Who is found and sorted."""
        self._unread: dict[str, None] = {}
        """Who is not yet, see `take_in`."""
        self._order: dict[str, tuple[str, str]] = {}
        """What each user is sorted by: the folded nickname, and the number."""
        self._words: dict[str, str] = {}
        """What each user is found by: folded nickname and number."""
        self._users: dict[str, str] = {}
        """Users by their number."""
        self.as_of: datetime | None = None
        """The moment of what is shown while the line is down; None: live."""
        self.replaced: Listeners[None] = Listeners()
        """Everything is new: groups, lines, or whether it is live."""
        self.changed: Listeners[frozenset[str]] = Listeners()
        """The lines of these users changed in place."""

    @property
    def groups(self) -> tuple[PresenceGroup, ...]:
        """The groups in their order."""
        return tuple(sorted(self._link.mirror.groups, key=lambda group: group.position))

    @property
    def people(self) -> int:
        """How many one may see."""
        return len(self._link.mirror.colleagues)

    def take_in(self, most: int | None = None) -> bool:
        """Make new people be found and sorted, as many as that at once; return whether all are.

        It is done by itself as soon as somebody looks for one; ten thousand at once would hold the window.
        """
        colleagues = self._link.mirror.colleagues
        for user in tuple(itertools.islice(self._unread, most)):
            del self._unread[user]
            if user in colleagues:
                self._know(user, colleagues[user])
        return not self._unread

    def by_group(self, text: str = "") -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Groups in their order with their users by name; with `text`, only whom `find` would find, no empty groups."""
        self.take_in()
        members: dict[str, list[str]] = {group.name: [] for group in self.groups}
        for user in self._matching(text) if text.strip() else self._colleagues:
            members.setdefault(self._colleagues[user].group, []).append(user)
        return tuple(
            (group, tuple(sorted(users, key=self._order.__getitem__)))
            for group, users in members.items()
            if users
        )

    def line(self, user: str) -> ColleagueLine | None:
        """One colleague's line."""
        mirror = self._link.mirror
        known = self._lines.get(user)
        colleague = mirror.colleagues.get(user)
        if known is not None or colleague is None:
            return known
        phone = mirror.phones.get(user, PhoneState.OFFLINE)
        line = self._lines[user] = ColleagueLine(colleague, mirror.presences.get(user), phone)
        return line

    @property
    def own(self) -> Presence | None:
        """One's own presence; None before sign-in."""
        profile = self._link.mirror.profile
        return self._link.mirror.presences.get(profile.user) if profile else None

    @property
    def own_set_by(self) -> str:
        """The name of whoever chose one's own presence, when it was somebody else; empty: nobody did."""
        user = self.own.set_by if self.own else ""
        colleague = self._link.mirror.colleagues.get(user)
        return colleague.nickname if colleague else user

    def reach(self, status: PresenceStatus) -> frozenset[CallKind]:
        """Which kinds of call ring in this state, by the server's matrix; none for *Offline*."""
        return self._link.mirror.reach.get(status, frozenset())

    def with_number(self, number: str) -> Colleague | None:
        """Who has this internal number."""
        self.take_in()
        return self._colleagues.get(self._users.get(number, ""))

    def find(self, text: str, limit: int = 8) -> tuple[Colleague, ...]:
        """Others whose name or number holds every word of `text`; exact numbers and beginnings first."""
        wanted = wanted_words(text)
        number = text.strip()

        def rank(user: str) -> tuple[int, str]:
            words = self._words[user]
            if self._colleagues[user].number == number:
                return 0, words
            return (1 if any(part.startswith(wanted[0]) for part in words.split()) else 2), words

        profile = self._link.mirror.profile
        others = (user for user in self._matching(text) if profile is None or user != profile.user)
        return tuple(self._colleagues[user] for user in sorted(others, key=rank)[:limit])

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
        present = self._link.mirror.colleagues
        self._lines.clear()
        for user in [user for user in self._colleagues if user not in present]:
            self._forget(user)
        self._unread = dict.fromkeys(present)
        self.replaced.tell(None)

    def _change(self, events: Iterable[Event]) -> None:
        touched: set[str] = set()
        reordered = False
        for event in events:
            match event:
                case PresenceChanged() | PhoneStateChanged():
                    touched.add(event.user)
                case ColleagueChanged(colleague=colleague):
                    touched.add(colleague.user)
                    self._unread[colleague.user] = None
                    reordered = True
                case ColleagueRemoved():
                    touched.add(event.user)
                    self._forget(event.user)
                    reordered = True
                case GroupsChanged():
                    reordered = True
        for user in touched:
            self._lines.pop(user, None)
        if reordered:
            self.replaced.tell(None)
        elif known := frozenset(user for user in touched if user in self._link.mirror.colleagues):
            self.changed.tell(known)

    def _matching(self, text: str) -> list[str]:
        wanted = wanted_words(text)
        if not wanted:
            return []
        self.take_in()
        return [user for user, words in self._words.items() if all(word in words for word in wanted)]

    def _know(self, user: str, colleague: Colleague) -> None:
        known = self._colleagues.get(user)
        if known == colleague:
            return
        if known is not None and self._users.get(known.number) == user:
            del self._users[known.number]
        self._colleagues[user] = colleague
        name = folded(colleague.nickname)
        self._order[user] = (name, colleague.number)
        self._words[user] = f"{name} {colleague.number}"
        self._users[colleague.number] = user

    def _forget(self, user: str) -> None:
        known = self._colleagues.pop(user, None)
        if known is not None:
            del self._order[user], self._words[user]
            if self._users.get(known.number) == user:
                del self._users[known.number]
