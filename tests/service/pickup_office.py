"""The server's services on a real Asterisk, for the pick-up board: people, rules, and phones that answer when they are told to."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from demo.private_asterisk import PrivateAsterisk
from tests.helpers.server_parts import cheap_passwords
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_company import PASSWORD, settings_for
from tests.service.pbx_phones import ScriptedPhone
from wwphone.domain.account import Transport
from wwphone.domain.calls import LegState
from wwphone.domain.pickup import PickupRule, RingingCall
from wwphone.domain.presence import PresenceGroup
from wwphone.protocol.codec import decode_server_frame
from wwphone.protocol.frames import EventsFrame
from wwphone.protocol.message import Event
from wwphone.server.api import PbxEndpoint, UserRecord
from wwphone.server.asterisk.adapter import AsteriskPbx
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.services.calls import CallService
from wwphone.server.services.devices import DeviceService
from wwphone.server.services.directory import DirectoryService
from wwphone.server.services.event_log import EventLog
from wwphone.server.services.parking import ParkingService
from wwphone.server.services.pbx import PbxService
from wwphone.server.services.pickup import PickupService
from wwphone.server.store.sql_store import SqlStore

CLAIMANTS = tuple(f"colleague{number}" for number in range(20))
SALES = ("anna", "beat", "carla", *CLAIMANTS)
RING_S = 30
"""Longer than any test lasts: who is to give up is told to."""


class ObedientPhone(ScriptedPhone):
    """Answers by itself what asks for it, as desk phones and our client do, and notes when its own calls were answered."""

    answered_s = 0.0
    """When the latest of its own calls was answered (monotonic)."""

    def datagram_received(self, data: bytes, addr: object) -> None:
        """See ScriptedPhone."""
        if data.startswith(b"SIP/2.0 200") and b"INVITE\r\n" in data:
            self.answered_s = time.monotonic()
        super().datagram_received(data, addr)
        for call in self.calls:
            asked = "answer-after=0" in call.invite.get("Call-Info")
            if asked and not (call.outgoing or call.taken or call.over):
                call.answer()


class Office:
    """Sales: Anna, Beat, Carla and twenty more; Stores: Dario. 300 rings Beat and Carla."""

    def __init__(self, asterisk: PrivateAsterisk, folder: Path) -> None:
        self.asterisk = asterisk
        settings = settings_for(asterisk)
        self.pbx = AsteriskPbx(type(settings)(**{**vars(settings), "ring_timeout_s": RING_S * SECONDS}))
        self.store = SqlStore(f"sqlite:///{folder}/office.sqlite")
        self.log = EventLog()
        self.directory = DirectoryService(self.store, self.log, watch_s=3600)
        self.calls = CallService(self.pbx, self.directory, self.log)
        self.devices = DeviceService(self.directory, self.log)
        endpoint = PbxEndpoint("127.0.0.1", asterisk.ports.sip, 0, Transport.UDP)
        parking = ParkingService(self.pbx, self.calls, self.devices, self.directory, self.log)
        self.service = PbxService(self.pbx, self.directory, self.calls, self.devices, parking, endpoint)
        self.pickup = PickupService(self.pbx, self.directory, self.devices, self.log)
        self.service.also_tell(self.pickup.on_pbx_event)
        self._phones: list[ScriptedPhone] = []

    async def open(self) -> None:
        """Fill the store, start everything, wait for the PBX."""
        await self.store.open()
        await self.store.replace_groups((PresenceGroup("Sales", 1), PresenceGroup("Stores", 2)))
        passwords = cheap_passwords()
        password_hash = passwords.hash_now("a good password")
        passwords.shutdown()
        for number, user in enumerate((*SALES, "dario"), 201):
            group = "Sales" if user in SALES else "Stores"
            await self.store.add_user(
                UserRecord(
                    user, str(number), user.capitalize(), group, PASSWORD, password_hash, offer_tls=False
                )
            )
        await self.store.replace_ring_group(PbxRingGroup("300", "Hotline", ("beat", "carla")))
        await self.directory.start()
        await self.service.start()
        await wait_until_async(lambda: self.pbx.connected, "the PBX to be connected", 30 * SECONDS)

    async def close(self) -> None:
        """Hang up, unregister, let go."""
        for phone in self._phones:
            for call in phone.calls:
                call.end_somehow()
            await phone.register(0)
            phone.stop()
        await self.service.shutdown()
        await self.directory.shutdown()
        await self.store.close()
        self.log.shutdown()

    async def phone(self, user: str) -> ObedientPhone:
        """A registered phone that the PBX can ring."""
        phone = ObedientPhone(self.asterisk.ports.sip, user, PASSWORD)
        await phone.start()
        self._phones.append(phone)
        assert await phone.register() == 200
        await wait_until_async(
            lambda: any(
                d.call_id == phone.register_call_id and d.round_trip_ms for d in self.devices.of(user)
            ),
            f"the phone of {user}",
        )
        return phone

    async def phones(self, *users: str) -> list[ObedientPhone]:
        """Phones of several people, registered side by side."""
        return list(await asyncio.gather(*(self.phone(user) for user in users)))

    async def rule(self, rule: PickupRule) -> None:
        """Let the administrator make a rule, and wait until Asterisk has it."""
        await self.store.replace_pickup_rule(rule)
        await self.directory.refresh()
        wanted = self.service.configuration()
        await wait_until_async(lambda: self.service._configured == wanted, "the PBX to know the rule")

    async def row(self, user: str) -> RingingCall:
        """Wait until exactly one call rings on somebody's board."""
        await wait_until_async(lambda: len(self.pickup.ringing_for(user)) == 1, f"a row at {user}'s")
        return self.pickup.ringing_for(user)[0]

    async def talking(self, *users: str) -> None:
        """Wait until these talk, each in one call, all in the same."""

        def together() -> bool:
            legs = [self.calls.legs_of(user) for user in users]
            up = all(len(own) == 1 and own[0].state is LegState.UP for own in legs)
            return up and len({own[0].call_id for own in legs}) == 1

        await wait_until_async(together, f"{users} to talk")

    def told(self, user: str) -> list[Event]:
        """Every event that was told to somebody."""
        batch = self.log.since(0, user)
        if batch is None or batch.text is None:
            return []
        frame = decode_server_frame(batch.text)
        assert isinstance(frame, EventsFrame)
        return list(frame.events)
