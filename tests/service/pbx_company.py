"""A company at a real Asterisk: the adapter under test, scripted phones for its users, all it told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from demo.private_asterisk import PrivateAsterisk
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_phones import PhoneCall, ScriptedPhone
from wwphone.domain.calls import EndReason, Leg, PhoneState, reason_of_status
from wwphone.domain.devices import Registration
from wwphone.domain.reachability import MIN_RING_S, Forwarding, ForwardingCause
from wwphone.server.api import (
    PbxConfiguration,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxPhoneStateChanged,
    PbxReach,
    PbxRegistrationsChanged,
    PbxRoom,
    PbxUser,
)
from wwphone.server.asterisk.adapter import AsteriskPbx
from wwphone.server.asterisk.settings import AmiAccount, AmiTimes, AsteriskSettings
from wwphone.server.ring_group_api import PbxRingGroup

Event = TypeVar("Event")

PASSWORD = "only-for-this-test"
RING_TIMEOUT_S = 1.0
"""How long a callee rings before the caller hears that nobody answers; Asterisk counts in whole seconds."""


def user(name: str, number: str, **more: object) -> PbxUser:
    """A user whose shown name begins with a capital letter."""
    return PbxUser(name, number, name.title(), PASSWORD, **more)  # type: ignore[arg-type]


COMPANY = PbxConfiguration(
    (
        user("anna", "201", pickup_group="Büro", displayed_number="+41445556677"),
        user("beat", "202", pickup_group="Büro"),
        user("carla", "203", pickup_group="Büro"),
        user("dario", "204", pickup_group="Lager"),
        user("eva", "205", busy_when_in_call=True),
        user("felix", "206", busy_when_ringing=True),
    ),
    (
        PbxRingGroup("300", "Verkauf", ("beat", "carla")),
        PbxRingGroup("301", "Niemand", ()),
        PbxRingGroup("302", "Alle", ("beat", "carla", "dario", "eva", "felix")),
    ),
    (PbxRoom("201", "Annas Raum", "1234", "anna"), PbxRoom("850", "Sitzung")),
    "de",
)


def settings_for(asterisk: PrivateAsterisk) -> AsteriskSettings:
    """The settings of the adapter for this Asterisk."""
    account = asterisk.manager
    return AsteriskSettings(
        AmiAccount(LOOPBACK, asterisk.ports.ami, account.user, account.secret),
        asterisk.configuration_dir,
        AmiTimes(reply_s=10 * SECONDS),
        ring_timeout_s=RING_TIMEOUT_S * SECONDS,
        media_address=LOOPBACK,
        call_records=asterisk.call_records,
    )


class Company:
    """The adapter and everybody's phones; `told` is all it told, oldest first."""

    def __init__(self, asterisk: PrivateAsterisk) -> None:
        self.asterisk = asterisk
        self.settings = settings_for(asterisk)
        self.pbx = AsteriskPbx(self.settings)
        self.told: list[PbxEvent] = []
        self.phones: list[ScriptedPhone] = []

    def use(self, **changes: object) -> None:
        """Change settings before it is opened."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        self.pbx = AsteriskPbx(self.settings)

    async def open(self, configuration: PbxConfiguration = COMPANY) -> None:
        """Configure, connect, and wait until the state is complete."""
        await self.pbx.configure(configuration)
        await self.pbx.start(self.told.append)
        await self.connected()

    async def close(self) -> None:
        """Hang up and unregister all phones that still can, then let go of Asterisk."""
        for phone in self.phones:
            if self.asterisk.running and not phone.stopped:
                for call in phone.calls:
                    call.end_somehow()
                await phone.register(0)
            phone.stop()
        await self.pbx.shutdown()

    async def phone(self, name: str, user_agent: str = "Scripted 1.0") -> ScriptedPhone:
        """A registered phone that answers probes, and that the adapter knows of."""
        phone = await self.unregistered_phone(name, user_agent)
        assert await phone.register() == 200
        await wait_until_async(
            lambda: any(
                r.call_id == phone.register_call_id and r.round_trip_ms for r in self.registrations(name)
            ),
            f"the registration of {name}",
        )
        return phone

    async def unregistered_phone(self, name: str, user_agent: str = "Scripted 1.0") -> ScriptedPhone:
        """A phone that knows the password and has said nothing yet."""
        phone = await ScriptedPhone(self.asterisk.ports.sip, name, PASSWORD, user_agent).start()
        self.phones.append(phone)
        return phone

    async def connected(self) -> None:
        """Wait until the state is complete."""
        await wait_until_async(lambda: self.pbx.connected, "the PBX to be connected", 30 * SECONDS)

    async def disconnected(self) -> None:
        """Wait until the adapter has noticed that Asterisk is gone."""
        await wait_until_async(lambda: not self.pbx.connected, "the PBX to be gone")

    async def until(
        self, condition: Callable[[], object], what: str, timeout_s: float = 10 * SECONDS
    ) -> None:
        """Wait for something that was told; the failure shows everything that was."""
        try:
            await wait_until_async(condition, what, timeout_s)
        except AssertionError as late:
            raise AssertionError("\n".join([str(late), *map(str, self.told)])) from None

    # -- what was told

    def of(self, kind: type[Event]) -> list[Event]:
        """All events of one kind."""
        return [event for event in self.told if isinstance(event, kind)]

    def state(self, name: str) -> PhoneState | None:
        """The latest phone state of a user."""
        states = [event.state for event in self.of(PbxPhoneStateChanged) if event.user == name]
        return states[-1] if states else None

    def states(self, name: str) -> list[str]:
        """All phone states of a user."""
        return [event.state.value for event in self.of(PbxPhoneStateChanged) if event.user == name]

    def registrations(self, name: str) -> tuple[Registration, ...]:
        """The latest registrations of a user."""
        told = [event.registrations for event in self.of(PbxRegistrationsChanged) if event.user == name]
        return told[-1] if told else ()

    def legs(self, name: str) -> list[Leg]:
        """The legs of a user that were told and not ended, by those events alone."""
        legs: dict[str, Leg] = {}
        for event in self.told:
            if isinstance(event, PbxLegChanged) and event.leg.user == name:
                legs[event.leg.leg_id] = event.leg
            elif isinstance(event, PbxLegEnded) and event.user == name:
                legs.pop(event.leg_id, None)
        return list(legs.values())

    def leg_states(self, name: str) -> list[str]:
        """The states of all legs of a user in their order, without repetition."""
        states = [event.leg.state.value for event in self.of(PbxLegChanged) if event.leg.user == name]
        return [state for number, state in enumerate(states) if number == 0 or states[number - 1] != state]


def bridged(company: Company) -> int:
    """How many channels of Asterisk are in a bridge now: an answered one gets there a moment later."""
    lines = company.asterisk.command("core show channels concise").splitlines()
    return sum(bool(fields[12]) for fields in (line.split("!") for line in lines) if len(fields) > 13)


async def talking(company: Company) -> tuple[PhoneCall, PhoneCall]:
    """Anna and Beat in a call; both ends."""
    anna, beat = await company.phone("anna"), await company.phone("beat")
    call = await anna.dial("202")
    taken = await beat.incoming()
    taken.ring()
    await call.wait_for_status(180)
    taken.answer()
    await call.final_status()
    await company.until(
        lambda: company.leg_states("beat")[-1:] == company.leg_states("anna")[-1:] == ["up"], "the call"
    )
    await company.until(lambda: bridged(company) == 2, "both in one bridge")
    return call, taken


def forwarding(cause: ForwardingCause, target: str) -> PbxReach:
    """A reach that forwards to a number, as soon as may be."""
    return PbxReach(forwardings=(Forwarding(cause, target, MIN_RING_S),))


async def ended(call: PhoneCall) -> tuple[int, EndReason]:
    """How a call ended for whoever made it: the final SIP status, and what it means."""
    status = await call.final_status()
    return status, reason_of_status(status)
