"""One's own registered devices, as the PBX tells them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from wwphone.domain.devices import Registration
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.server.api import PbxRegistrationRefused, PbxRegistrationsChanged, PbxStateChanged
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog

logger = logging.getLogger(__name__)


class DeviceService:
    """Each user's registrations, told to that user alone."""

    def __init__(self, directory: DirectoryService, log: EventLog) -> None:
        self._directory = directory
        self._log = log
        self._listeners: list[Callable[[str], None]] = []
        self._known = False
        self._registrations: dict[str, tuple[Registration, ...]] = {}
        self._told: set[str] = set()
        directory.on_change(self._on_directory_change)

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the user after each change of their registrations, or when they become known."""
        self._listeners.append(listener)

    @property
    def known(self) -> bool:
        """Whether the PBX has ever said who is registered; while it is away everything stays as it was."""
        return self._known

    def of(self, user: str) -> tuple[Registration, ...]:
        """A user's registrations."""
        return self._registrations.get(user, ())

    def on_registrations(self, event: PbxRegistrationsChanged) -> None:
        """Devices of a user came, went, or answered a probe."""
        self._told.add(event.user)
        if self.of(event.user) == event.registrations:
            return
        if event.registrations:
            self._registrations[event.user] = event.registrations
        else:
            del self._registrations[event.user]
        self._log.publish(RegistrationsChanged(event.registrations), only=event.user)
        self._tell(event.user)

    def on_refused(self, event: PbxRegistrationRefused) -> None:
        """A device was refused."""
        reason = "there are three already" if event.too_many else "wrong password"
        logger.info("the PBX refused a device of %s from %s: %s", event.user, event.address, reason)

    def on_pbx_state(self, event: PbxStateChanged) -> None:
        """Who was not told again after the line came back has no device any more."""
        if not event.connected:
            self._told.clear()
            return
        for user in tuple(self._registrations):
            if user not in self._told:
                self.on_registrations(PbxRegistrationsChanged(user, ()))
        if not self._known:
            self._known = True
            for user in self._directory.users:
                self._tell(user)

    def _tell(self, user: str) -> None:
        for listener in self._listeners:
            listener(user)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._registrations.pop(record.user, None)
