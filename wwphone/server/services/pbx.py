"""The PBX's two sides: our users, ring groups and rooms become its configuration, its events go to the services that know what to do.

The configuration is built from the directory and handed over at the start and after every change; when the PBX cannot
take it, it is handed over again, later and later, and at once when the line to the PBX comes back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from wwphone.domain.account import MediaEncryption, Right, Transport
from wwphone.server.api import (
    Pbx,
    PbxConfiguration,
    PbxEndpoint,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxListener,
    PbxParkedChanged,
    PbxParkedEnded,
    PbxPhoneStateChanged,
    PbxPickedUp,
    PbxRegistrationRefused,
    PbxRegistrationsChanged,
    PbxRoom,
    PbxStateChanged,
    PbxUser,
    UserRecord,
)
from wwphone.server.services.calls import CallService
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryChange, DirectoryService
from wwphone.server.services.parking import ParkingService
from wwphone.server.services.pickup_rights import PickupRights
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 30.0


def encryption_of(record: UserRecord, endpoint: PbxEndpoint) -> MediaEncryption:
    """Voice is encrypted where SIP is: its keys travel in the SDP (RFC 4568) and must not travel in the clear."""
    offered = record.offer_tls and endpoint.transport is Transport.TLS
    return MediaEncryption.REQUIRED if offered else MediaEncryption.OFF


def pbx_user(
    record: UserRecord, endpoint: PbxEndpoint, picks_up_in: tuple[str, ...] | None = None
) -> PbxUser:
    """What the PBX must know of a user; `picks_up_in` as in `PbxUser`."""
    encryption = encryption_of(record, endpoint)
    return PbxUser(
        user=record.user,
        number=record.number,
        display_name=record.nickname,
        sip_password=record.sip_password,
        displayed_number=record.displayed_number,
        displayed_number_when_forwarding=record.displayed_number_when_forwarding,
        email=record.email,
        media_encryption=encryption,
        tls_only=encryption is MediaEncryption.REQUIRED,
        pickup_group=record.group,
        picks_up_in=picks_up_in,
        busy_when_in_call=record.busy_when_in_call,
        busy_when_ringing=record.busy_when_ringing,
        in_all_users=record.in_all_users,
        operates_switches=Right.OPERATE_SWITCHES in record.rights,
        shown_numbers=record.shown_numbers,
    )


def personal_rooms(records: Iterable[UserRecord], rooms: Iterable[PbxRoom]) -> tuple[PbxRoom, ...]:
    """A room at the own number for everybody who has the right and owns none of `rooms`; only its PIN is stored."""
    owners = {room.owner for room in rooms}
    return tuple(
        PbxRoom(record.number, record.nickname, record.room_pin, record.user)
        for record in records
        if Right.CONFERENCE_ROOM in record.rights and record.user not in owners
    )


class PbxService:
    """Keeps the PBX informed, and everybody else of the PBX."""

    def __init__(
        self,
        pbx: Pbx,
        directory: DirectoryService,
        calls: CallService,
        devices: DeviceService,
        parking: ParkingService,
        endpoint: PbxEndpoint,
        words: tuple[str, str] = ("en", ""),
    ) -> None:
        """`words`: the PBX's language, and the number from outside that leads to conferences (`PbxConfiguration`)."""
        self._pbx = pbx
        self._directory = directory
        self._calls = calls
        self._devices = devices
        self._parking = parking
        self._endpoint = endpoint
        self._language, self._conference_number = words
        self._wanted = asyncio.Event()
        self._configured: PbxConfiguration | None = None
        self._reached = True
        self._listeners: list[PbxListener] = []
        self._tasks = TaskOwner("PBX")

    async def start(self) -> None:
        """Begin to connect and to configure; returns at once."""
        self._directory.on_change(self._on_directory_change)
        self._wanted.set()
        await self._pbx.start(self._on_event)
        self._tasks.start(self._keep_configured())

    async def shutdown(self) -> None:
        """Let go of the PBX; calls there go on."""
        await self._tasks.shutdown()
        await self._pbx.shutdown()

    def also_tell(self, listener: PbxListener) -> None:
        """Tell `listener` every event of the PBX, after those services that own it."""
        self._listeners.append(listener)

    def configuration(self) -> PbxConfiguration:
        """All that our part of the PBX's configuration is made from, in a fixed order."""
        records = sorted(self._directory.users.values(), key=lambda record: record.user)
        rights = PickupRights(records, self._directory.pickup_rules)
        groups = {group: rights.picks_up_in(group) for group in {record.group for record in records}}
        users = tuple(pbx_user(record, self._endpoint, groups[record.group]) for record in records)
        rooms = self._directory.rooms
        rooms += personal_rooms(records, rooms)
        directory = self._directory
        return PbxConfiguration(
            users,
            directory.ring_groups,
            rooms,
            self._language,
            directory.switches,
            self._conference_number,
        )

    # ------------------------------------------------------------ inside

    def _on_event(self, event: PbxEvent) -> None:
        match event:
            case PbxStateChanged():
                self._on_state(event)
            case PbxPhoneStateChanged():
                self._calls.on_phone_state(event)
            case PbxRegistrationsChanged():
                self._devices.on_registrations(event)
            case PbxLegChanged():
                self._calls.on_leg_changed(event)
            case PbxLegEnded():
                self._calls.on_leg_ended(event)
                self._parking.on_leg_ended(event)
            case PbxRegistrationRefused():
                self._devices.on_refused(event)
            case PbxParkedChanged():
                self._parking.on_parked(event)
            case PbxParkedEnded():
                self._parking.on_ended(event)
            case PbxPickedUp():
                logger.debug("a call was picked up")
        for listener in self._listeners:
            listener(event)

    def _on_state(self, event: PbxStateChanged) -> None:
        if event.connected:
            logger.info("the PBX is connected")
            self._wanted.set()  # what it could not take before is tried again at once
        elif self._reached:
            logger.warning("the PBX is out of reach: %s", event.detail or "no reason known")
        self._reached = event.connected
        self._calls.on_pbx_state(event)
        self._devices.on_pbx_state(event)
        self._parking.on_pbx_state(event)

    def _on_directory_change(self, change: DirectoryChange) -> None:
        del change
        self._wanted.set()

    async def _keep_configured(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            wanted = self.configuration()
            if wanted == self._configured:
                continue
            try:
                await self._pbx.configure(wanted)
            except PbxError as error:
                logger.info("the PBX was not configured, again in %.0f s at most: %s", retry_s, error)
                self._wanted.clear()
                await self._wait_for_reason(retry_s)
                retry_s = min(2 * retry_s, _LONGEST_RETRY_S)
                self._wanted.set()
            else:
                self._configured = wanted
                retry_s = _FIRST_RETRY_S

    async def _wait_for_reason(self, longest_s: float) -> None:
        try:
            async with asyncio.timeout(longest_s):
                await self._wanted.wait()
        except TimeoutError:
            return
