"""What is known of the PBX, without I/O: events and lists in, what changed for people out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wwphone.domain.calls import PhoneState, phone_state_of
from wwphone.domain.trunk_prefix import NO_TRUNK_PREFIX, TrunkPrefix
from wwphone.server.api import (
    PbxEvent,
    PbxLegChanged,
    PbxPhoneStateChanged,
    PbxRegistrationsChanged,
    PbxUser,
)
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.held_book import HeldBook
from wwphone.server.asterisk.legs import LegBook
from wwphone.server.asterisk.parking_book import ParkingBook
from wwphone.server.asterisk.records.house import House
from wwphone.server.asterisk.registrations import RegistrationBook
from wwphone.server.clock import Clock

Fields = Mapping[str, str]


class PbxState:
    """Registrations, legs and phone states of the users of the latest configuration; of nobody else."""

    def __init__(self, clock: Clock, trunk_prefix: TrunkPrefix = NO_TRUNK_PREFIX) -> None:
        self.users: dict[str, PbxUser] = {}
        self.house = House(trunk_prefix=trunk_prefix)
        """Who is who; of the latest configuration, too."""
        self.registrations = RegistrationBook(self._is_user)
        self.legs = LegBook(self._is_user, clock, lambda number: self.house.called(number))  # noqa: PLW0108 - another house may come
        self.held = HeldBook(self._is_user, clock)
        self.parking = ParkingBook(self._is_user, clock)
        self._phones: dict[str, PhoneState] = {}

    def set_users(self, users: Iterable[PbxUser]) -> bool:
        """Know these users from now on; return whether anybody is new, who has to be read."""
        before, self.users = self.users, {user.user: user for user in users}
        gone = before.keys() - self.users.keys()
        self.registrations.forget(gone)
        self.legs.forget(gone)
        self.held.forget(gone)
        for user in gone:
            self._phones.pop(user, None)
        return bool(self.users.keys() - before.keys())

    def apply_leg_event(self, event: AmiEvent) -> list[PbxEvent]:
        """Take an event about channels."""
        told = self.legs.apply(event)
        if not told:
            return []
        users = {e.leg.user if isinstance(e, PbxLegChanged) else e.user for e in told} - {""}
        return [*told, *self._changed_phones(users)]

    def note_contact(self, fields: Fields) -> list[PbxEvent]:
        """Take what one `ContactStatus` says."""
        return self._registrations_of([fields["AOR"]]) if self.registrations.note(fields) else []

    def take_registrations(self, details: Iterable[Fields]) -> list[PbxEvent]:
        """Take the list of all registrations; return what changed."""
        return self._registrations_of(sorted(self.registrations.replace_all(details)))

    def take_registrations_of(self, user: str, details: Iterable[Fields]) -> list[PbxEvent]:
        """Take the list of one user's registrations; return what changed."""
        return self._registrations_of([user]) if self.registrations.replace_user(user, details) else []

    def take_everything(
        self, details: Iterable[Fields], statuses: Iterable[Fields], held: frozenset[str]
    ) -> list[PbxEvent]:
        """Take all lists for the truth; return everything of everybody, changed or not."""
        self.registrations.replace_all(details)
        listed = list(statuses)
        legs = self.legs.replace_all(listed, held)
        told: list[PbxEvent] = [
            PbxRegistrationsChanged(user, self.registrations.of(user)) for user in self.users
        ]
        told += legs
        for user in self.users:
            self._phones[user] = self._phone_of(user)
            told.append(PbxPhoneStateChanged(user, self._phones[user]))
        return [*told, *self.held.replace_all(listed)]

    def _is_user(self, name: str) -> bool:
        return name in self.users

    def _registrations_of(self, users: Iterable[str]) -> list[PbxEvent]:
        listed = list(users)
        told: list[PbxEvent] = [PbxRegistrationsChanged(user, self.registrations.of(user)) for user in listed]
        return [*told, *self._changed_phones(listed)]

    def _changed_phones(self, users: Iterable[str]) -> list[PbxEvent]:
        told: list[PbxEvent] = []
        for user in users:
            state = self._phone_of(user)
            if user in self.users and self._phones.get(user) is not state:
                self._phones[user] = state
                told.append(PbxPhoneStateChanged(user, state))
        return told

    def _phone_of(self, user: str) -> PhoneState:
        return phone_state_of(self.legs.of(user), bool(self.registrations.reachable(user)))
