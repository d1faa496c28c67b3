"""One's own registered devices, as the PBX tells them."""

from __future__ import annotations

import logging

from wwphone.domain.devices import Registration
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.server.api import PbxRegistrationRefused, PbxRegistrationsChanged, PbxStateChanged
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.event_log import EventLog

logger = logging.getLogger(__name__)


class DeviceService:
    """Each user's registrations, told to that user alone."""

    def __init__(self, directory: DirectoryService, log: EventLog) -> None:
        self._log = log
        self._registrations: dict[str, tuple[Registration, ...]] = {}
        self._told: set[str] = set()
        directory.on_change(self._on_directory_change)

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

    def _on_directory_change(self, change: DirectoryChange) -> None:
        for record in change.removed:
            self._registrations.pop(record.user, None)
