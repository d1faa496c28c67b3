"""Which rooms there are, who may see each, and who may do what there.

A room is seen by its owner; without an owner by everybody who may hold conferences; by administrators; and by a colleague as long as
they are in it. Its owner and administrators control it, of one without an owner whoever sees it by right, and chairs while they are there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from wwphone.domain.account import Right
from wwphone.domain.conference import ConferenceRoom
from wwphone.domain.numbers import CONFERENCE_ENTRY_NUMBER, OWN_CONFERENCE_NUMBER
from wwphone.protocol.conference import ConferenceRoomsChanged
from wwphone.server.api import PbxRoom
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.pbx import personal_rooms


class RoomBook:
    """All rooms. What is asked for thousands of people is put together once, for as long as it stays the same."""

    def __init__(
        self, directory: DirectoryService, external_number: str, mail_possible: Callable[[], bool]
    ) -> None:
        """`external_number`: what is dialled from outside to enter by a PIN; empty: nothing is."""
        self._directory = directory
        self._external_number = external_number
        self._mail_possible = mail_possible
        self._rooms: dict[str, PbxRoom] = {}
        self._lingering: dict[str, PbxRoom] = {}
        """Rooms that were removed while somebody was inside."""
        self._owned: defaultdict[str, list[str]] = defaultdict(list)
        self._of_people: frozenset[str] = frozenset()
        self._holders: frozenset[str] = frozenset()
        self._administrators: frozenset[str] = frozenset()
        self._open: tuple[ConferenceRoom, ...] = ()
        self._all: tuple[ConferenceRoom, ...] = ()
        self._present: dict[str, Mapping[str, bool]] = {}
        """Colleagues who are inside, and whether they are chairs, by room."""
        self._rooms_with: defaultdict[str, set[str]] = defaultdict(set)
        self._audiences: dict[str, frozenset[str]] = {}
        self._controllers: dict[str, frozenset[str]] = {}

    def read(self) -> None:
        """Take over what the directory says now; rooms that went while somebody is inside stay until they are empty."""
        users = self._directory.users
        before = self._rooms
        made = self._directory.rooms
        records = sorted(users.values(), key=lambda record: record.user)
        self._rooms = {room.number: room for room in (*made, *personal_rooms(records, made))}
        for number in self._present.keys() - self._rooms.keys():
            gone = before.get(number) or PbxRoom(number, number)
            self._lingering.setdefault(number, PbxRoom(number, gone.name))
        for number in self._rooms:
            self._lingering.pop(number, None)
        self._owned.clear()
        for room in self._rooms.values():
            if room.owner:
                self._owned[room.owner].append(room.number)
        self._of_people = frozenset(record.number for record in records)
        self._holders = frozenset(one.user for one in records if Right.CONFERENCE_ROOM in one.rights)
        self._administrators = frozenset(one.user for one in records if Right.ADMINISTRATE in one.rights)
        self._put_together()

    def knows(self, number: str) -> bool:
        """Whether there is such a room for somebody to enter."""
        return number in self._rooms

    def room(self, number: str) -> PbxRoom | None:
        """One room, also one that was removed while somebody is inside."""
        return self._rooms.get(number) or self._lingering.get(number)

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of all rooms."""
        return frozenset(self._rooms)

    def set_present(self, number: str, users: Mapping[str, bool] | None) -> None:
        """Say which colleagues are inside and whether each is a chair; None: the conference is over."""
        for user in self._present.pop(number, {}):
            self._rooms_with[user].discard(number)
        self._audiences.pop(number, None)
        self._controllers.pop(number, None)
        if users is None:
            if self._lingering.pop(number, None) is not None:
                self._put_together()
            return
        self._present[number] = dict(users)
        for user in users:
            self._rooms_with[user].add(number)
        if number not in self._rooms and number not in self._lingering:
            self._lingering[number] = PbxRoom(number, number)
            self._put_together()

    # ------------------------------------------------------------ rights

    def released(self, user: str) -> bool:
        """Whether somebody may hold conferences at all."""
        return user in self._holders

    def sees(self, user: str, number: str) -> bool:
        """Whether somebody may see a room."""
        return self.room(number) is not None and user in self.audience(number)

    def controls(self, user: str, number: str) -> bool:
        """Whether somebody may invite, mute, hang up, lock and end there."""
        room = self.room(number)
        if room is None:
            return False
        chair = self._present.get(number, {}).get(user, False)
        return chair or self._controls_by_right(user, room)

    def owns(self, user: str, number: str) -> bool:
        """Whether the room's own PIN is theirs to set."""
        room = self._rooms.get(number)
        return room is not None and (room.owner == user or user in self._administrators)

    def audience(self, number: str) -> frozenset[str]:
        """Everybody who may see a room."""
        known = self._audiences.get(number)
        if known is None:
            room = self.room(number)
            owner = room.owner if room is not None else ""
            by_right = self._holders if number in self._rooms and not owner else {owner}
            present = self._present.get(number, {})
            users = self._directory.users
            seen = self._administrators.union(by_right, (user for user in present if user in users)) - {""}
            known = self._audiences[number] = frozenset(seen)
        return known

    def controllers(self, number: str) -> frozenset[str]:
        """Everybody who may see a room and control it."""
        known = self._controllers.get(number)
        if known is None:
            there = (user for user in self.audience(number) if self.controls(user, number))
            known = self._controllers[number] = frozenset(there)
        return known

    def told(self, user: str) -> ConferenceRoomsChanged:
        """All rooms that somebody may see, as they are told of them."""
        own = [self._as_seen(user, self._rooms[number]) for number in sorted(self._owned.get(user, ()))]
        if user in self._administrators:
            others = [room for room in self._all if room.number not in self._owned.get(user, ())]
        else:
            others = list(self._open) if user in self._holders else []  # these are nobody's own
        if not self._rooms_with.get(user):
            return ConferenceRoomsChanged(user in self._holders, self._mail_possible(), (*own, *others))
        here = {room.number for room in (*own, *others)}
        guest = [self.room(number) for number in self._rooms_with.get(user, set()) - here]
        if guest and user in self._directory.users:
            others += [self._as_seen(user, room) for room in guest if room is not None]
            others.sort(key=lambda room: room.number)
        return ConferenceRoomsChanged(user in self._holders, self._mail_possible(), (*own, *others))

    # ------------------------------------------------------------ inside

    def _controls_by_right(self, user: str, room: PbxRoom) -> bool:
        if user in self._administrators or (room.owner and room.owner == user):
            return True
        return not room.owner and room.number in self._rooms and user in self._holders

    def _put_together(self) -> None:
        self._audiences.clear()
        self._controllers.clear()
        rooms = sorted((*self._rooms.values(), *self._lingering.values()), key=lambda room: room.number)
        everything = tuple(self._shown(room, "", may_control=True) for room in rooms)
        open_to_all = tuple(
            shown
            for room, shown in zip(rooms, everything, strict=True)
            if not room.owner and room.number in self._rooms
        )
        # The same objects as before where nothing changed: then two people's rooms are compared at a glance.
        self._all = self._all if self._all == everything else everything
        self._open = self._open if self._open == open_to_all else open_to_all

    def _as_seen(self, user: str, room: PbxRoom) -> ConferenceRoom:
        return self._shown(room, user, may_control=self.controls(user, room.number))

    def _shown(self, room: PbxRoom, user: str, *, may_control: bool) -> ConferenceRoom:
        enterable = room.number in self._rooms
        return ConferenceRoom(
            room.number,
            room.name,
            room.owner if self._is_visible(room.owner, user) else "",
            self._dial_in(room, user) if enterable else "",
            self._external_number if enterable else "",
            may_control,
            room.pin if may_control else "",
        )

    def _is_visible(self, owner: str, user: str) -> bool:
        record = self._directory.users.get(owner)
        return record is not None and (owner == user or not record.hidden)

    def _dial_in(self, room: PbxRoom, user: str) -> str:
        if room.owner and room.owner == user:
            return OWN_CONFERENCE_NUMBER
        # A personal room's number rings its owner's phones; 902 asks which room one wants.
        return CONFERENCE_ENTRY_NUMBER if room.number in self._of_people else room.number
