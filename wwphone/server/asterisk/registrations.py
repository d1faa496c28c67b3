"""Registered devices of users, from Asterisk's `ContactStatusDetail` and `ContactStatus`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from wwphone.domain.account import Transport
from wwphone.domain.devices import Registration

_URI = re.compile(r"(sips?):(?:[^@]*@)?(?:\[([^\]]+)\]|([^:;?>]+))(?::(\d+))?([^?]*)", re.IGNORECASE)
_TRANSPORT = re.compile(r";transport=(\w+)", re.IGNORECASE)
_TRANSPORTS = {"tcp": Transport.TCP, "tls": Transport.TLS, "udp": Transport.UDP}
_UNREACHABLE = "Unreachable"
_REACHABLE = "Reachable"
_LONGEST_AGENT = 200

Fields = Mapping[str, str]


class RegistrationBook:
    """All registrations of all known users."""

    def __init__(self, is_user: Callable[[str], bool]) -> None:
        self._is_user = is_user
        self._of_user: dict[str, dict[str, Registration]] = {}

    def of(self, user: str) -> tuple[Registration, ...]:
        """A user's registrations, in a fixed order."""
        return tuple(self._of_user.get(user, {}).values())

    def reachable(self, user: str) -> tuple[Registration, ...]:
        """Those a call would ring: all but the ones that did not answer the latest probe."""
        return tuple(registration for registration in self.of(user) if registration.reachable)

    def replace_all(self, details: Iterable[Fields]) -> set[str]:
        """Take a list of everything for the truth; return the users for whom anything changed."""
        new: dict[str, dict[str, Registration]] = {}
        for fields in details:
            user = fields.get("AOR", "")
            if self._is_user(user):
                registration = registration_from(fields)
                new.setdefault(user, {})[registration.contact] = registration
        users = {*new, *self._of_user}
        return {user for user in users if self._replace(user, new.get(user, {}))}

    def replace_user(self, user: str, details: Iterable[Fields]) -> bool:
        """Take a list of one user's registrations for the truth; return whether anything changed."""
        registrations = (registration_from(fields) for fields in details if fields.get("AOR") == user)
        return self._replace(user, {registration.contact: registration for registration in registrations})

    def note(self, fields: Fields) -> bool:
        """Take what `ContactStatus` says at once; return whether anything changed. The rest has to be asked for."""
        known = self._of_user.get(fields.get("AOR", ""), {})
        contact = fields.get("URI", "")
        registration = known.get(contact)
        if registration is None:
            return False
        status = fields.get("ContactStatus", "")
        if status == "Removed":
            del known[contact]
            return True
        changed = replace(
            registration,
            reachable=status != _UNREACHABLE,
            round_trip_ms=_round_trip_ms(status, fields),
        )
        known[contact] = changed
        return changed != registration

    def answers_no_more(self, fields: Fields) -> bool:
        """Whether this `ContactStatus` tells again that a device does not answer: it has registered anew meanwhile."""
        registration = self._of_user.get(fields.get("AOR", ""), {}).get(fields.get("URI", ""))
        told = fields.get("ContactStatus") == _UNREACHABLE
        return told and registration is not None and not registration.reachable

    def forget(self, users: Iterable[str]) -> None:
        """Drop users who are none any more."""
        for user in users:
            self._of_user.pop(user, None)

    def _replace(self, user: str, registrations: dict[str, Registration]) -> bool:
        ordered = dict(sorted(registrations.items()))
        changed = ordered != self._of_user.get(user, {})
        if ordered:
            self._of_user[user] = ordered
        else:
            self._of_user.pop(user, None)
        return changed


def registration_from(fields: Fields) -> Registration:
    """Read one `ContactStatusDetail`. With `rewrite_contact` its URI is where the device's packets come from."""
    contact = fields.get("URI", "")
    address, port, transport = _place_of(contact)
    expires = fields.get("RegExpire", "")
    status = fields.get("Status", "")
    agent = "".join(c for c in fields.get("UserAgent", "") if c.isprintable())
    return Registration(
        contact=contact,
        user_agent=agent[:_LONGEST_AGENT],
        address=address,
        port=port,
        transport=transport,
        expires_at=datetime.fromtimestamp(int(expires), UTC)
        if expires.isdecimal() and int(expires)
        else None,
        reachable=status != _UNREACHABLE,
        round_trip_ms=_round_trip_ms(status, fields),
        call_id=fields.get("CallID", ""),
    )


def _place_of(uri: str) -> tuple[str, int, Transport]:
    match = _URI.match(uri)
    if match is None:
        return "", 0, Transport.UDP
    scheme, address_v6, host, port, parameters = match.groups()
    named = _TRANSPORT.search(parameters)
    secure = scheme.lower() == "sips"
    transport = _TRANSPORTS.get(named[1].lower(), Transport.UDP) if named else Transport.UDP
    if secure:
        transport = Transport.TLS
    default = 5061 if transport is Transport.TLS else 5060
    return address_v6 or host, int(port) if port else default, transport


def _round_trip_ms(status: str, fields: Fields) -> float | None:
    microseconds = fields.get("RoundtripUsec", "")
    if status != _REACHABLE or not microseconds.isdecimal():
        return None
    return int(microseconds) / 1000
