"""The adapter at a scripted AMI: what it reads and in which order, races that a real Asterisk shows once in a week, cuts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_manager import FakeManager, block, listed
from tests.unit.server.asterisk.channel_events import FakeChannel, contact_detail
from wwphone.domain.calls import PhoneState
from wwphone.server.api import (
    PbxConfiguration,
    PbxError,
    PbxEvent,
    PbxLegChanged,
    PbxLegEnded,
    PbxLostError,
    PbxPhoneStateChanged,
    PbxRegistrationRefused,
    PbxRegistrationsChanged,
    PbxStateChanged,
    PbxUser,
)
from wwphone.server.asterisk import adapter
from wwphone.server.asterisk.adapter import AsteriskPbx
from wwphone.server.asterisk.configuration import ConfigurationError
from wwphone.server.asterisk.settings import AmiTimes, AsteriskSettings

_COMPANY = PbxConfiguration((PbxUser("anna", "201", "Anna", "x"), PbxUser("beat", "202", "Beat", "x")))
_CONTACTS = "PJSIPShowRegistrationInboundContactStatuses"
_COMPARING = ["DBGetTree"] * 5
"""What rings whom, who is logged out of which group, which switch is on: families of AstDB are compared with what is wanted."""
_READING = ["PJSIPShowRegistrationInboundContactStatuses", "Status", "ParkedCalls", "ConfbridgeListRooms"]
_RELOADING = ["Reload"] * 4


class World:
    """An adapter at a scripted AMI, with all it told."""

    def __init__(self, manager: FakeManager, folder: Path) -> None:
        self.manager = manager
        self.told: list[PbxEvent] = []
        self.contacts: list[Mapping[str, str]] = [contact_detail("anna", "sip:anna@192.0.2.7:5060")]
        self.channels: list[Mapping[str, str]] = []
        self.held: set[str] = set()
        manager.answers[_CONTACTS] = lambda action: listed(action, self.contacts)
        manager.answers["Status"] = lambda action: listed(action, self.channels)
        manager.answers["Getvar"] = lambda action: block(
            Response="Success", Value=str(int(action["Channel"] in self.held)), ActionID=action["ActionID"]
        )
        times = AmiTimes(reply_s=5 * SECONDS, heartbeat_s=60 * SECONDS)
        self.settings = AsteriskSettings(manager.account, folder, times, ring_timeout_s=5 * SECONDS)
        self.pbx = AsteriskPbx(self.settings)

    async def up(self) -> None:
        await self.pbx.start(self.told.append)
        await self.pbx.configure(_COMPANY)
        await self.connected()

    async def connected(self) -> None:
        await wait_until_async(lambda: self.pbx.connected, "the PBX to be connected")

    async def disconnected(self) -> None:
        await wait_until_async(lambda: not self.pbx.connected, "the PBX to be gone")

    def of(self, kind: type[PbxEvent]) -> list[PbxEvent]:
        return [event for event in self.told if isinstance(event, kind)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FakeManager() as manager:
        world = World(manager, tmp_path / "wwphone")
        yield world
        await world.pbx.shutdown()


def talking(user: str = "anna") -> FakeChannel:
    return FakeChannel(
        f"PJSIP/{user}-00000001", "pbx-1.1", "pbx-1.1", "6", "801", dnid="801", application="Echo"
    )


async def test_everything_is_read_and_told_before_it_counts_as_connected(world: World) -> None:
    world.channels = [talking().status()]
    world.held = {"pbx-1.1"}
    await world.up()

    assert world.manager.names() == [*_RELOADING, *_COMPARING, *_READING, "Getvar"]
    assert [action["Module"] for action in world.manager.actions if action["Action"] == "Reload"] == [
        "res_pjsip.so", "pbx_config.so", "app_confbridge.so", "app_voicemail.so",
    ]  # fmt: skip
    assert [type(event) for event in world.told] == [
        PbxRegistrationsChanged, PbxRegistrationsChanged, PbxLegChanged,
        PbxPhoneStateChanged, PbxPhoneStateChanged, PbxStateChanged,
    ]  # fmt: skip
    (leg,) = world.of(PbxLegChanged)
    assert isinstance(leg, PbxLegChanged)
    assert leg.leg.state.value == "held"
    assert world.told[-1] == PbxStateChanged(connected=True)


async def test_without_a_configuration_there_is_nobody_to_tell_of(world: World) -> None:
    await world.pbx.start(world.told.append)
    await wait_until_async(lambda: world.manager.connections == 1, "the line")
    assert world.told == []

    await world.pbx.configure(_COMPANY)
    await world.connected()

    assert world.told[-1] == PbxStateChanged(connected=True)


async def test_what_asterisk_has_read_is_not_read_again(world: World) -> None:
    await world.up()
    before = len(world.manager.names())

    await world.pbx.configure(_COMPANY)
    assert world.manager.names()[before:] == []
    renamed = PbxConfiguration((*_COMPANY.users[:1], PbxUser("beat", "202", "Beat B.", "x")))
    await world.pbx.configure(renamed)
    reloaded = [action["Module"] for action in world.manager.actions if action["Action"] == "Reload"][4:]
    assert reloaded == ["res_pjsip.so", "pbx_config.so", "app_voicemail.so"]
    assert world.manager.names()[before:] == ["Reload"] * 3


async def test_a_new_user_is_read_at_once(world: World) -> None:
    await world.up()
    world.contacts.append(contact_detail("carla", "sip:carla@192.0.2.9"))
    world.told.clear()

    await world.pbx.configure(PbxConfiguration((*_COMPANY.users, PbxUser("carla", "203", "Carla", "x"))))

    assert PbxPhoneStateChanged("carla", PhoneState.FREE) in world.told


async def test_written_while_the_line_is_away_is_reloaded_when_it_is_back(world: World) -> None:
    await world.pbx.configure(_COMPANY)
    assert (world.settings.configuration_folder / "pjsip.conf").exists()
    assert not world.pbx.connected

    await world.pbx.start(world.told.append)
    await world.connected()
    assert world.manager.names()[:4] == _RELOADING


async def test_a_refused_reload_is_an_error_of_the_configuration_alone(world: World) -> None:
    await world.up()
    world.manager.answers["Reload"] = lambda action: block(
        Response="Error", Message="No such module", ActionID=action["ActionID"]
    )
    with pytest.raises(PbxError, match=r"does not reload .*res_pjsip\.so: No such module"):
        await world.pbx.configure(PbxConfiguration((*_COMPANY.users, PbxUser("carla", "203", "Carla", "x"))))

    assert world.pbx.connected
    assert PbxPhoneStateChanged("carla", PhoneState.OFFLINE) in world.told


async def test_a_bad_configuration_writes_nothing_and_breaks_nothing(world: World) -> None:
    await world.up()
    text = (world.settings.configuration_folder / "pjsip.conf").read_text("utf-8")
    with pytest.raises(ConfigurationError):
        await world.pbx.configure(PbxConfiguration((PbxUser("anna", "112", "Anna", "x"),)))

    assert (world.settings.configuration_folder / "pjsip.conf").read_text("utf-8") == text
    assert world.pbx.connected


async def test_a_folder_that_cannot_be_written_is_told(world: World, tmp_path: Path) -> None:
    (tmp_path / "wwphone").write_text("a file where the folder should be")

    with pytest.raises(PbxError, match="could not be written"):
        await world.pbx.configure(_COMPANY)


async def test_a_leg_that_ends_while_everything_is_read_does_not_come_back(world: World) -> None:
    """Status still lists it, and its Hangup follows in the same packet."""
    channel = talking()
    world.manager.answers["Status"] = lambda action: listed(action, [channel.status()]) + hangup(channel)
    await world.up()

    assert isinstance(world.told[-2], PbxPhoneStateChanged)
    await wait_until_async(lambda: bool(world.of(PbxLegEnded)), "the end of the leg")
    assert world.of(PbxPhoneStateChanged)[-1] == PbxPhoneStateChanged("anna", PhoneState.FREE)


def hangup(channel: FakeChannel) -> bytes:
    return block(**channel.ends().fields)


async def test_a_leg_that_begins_while_everything_is_read_is_there(world: World) -> None:
    channel = FakeChannel("PJSIP/anna-00000001", "pbx-1.1", "pbx-1.1", "4", exten="801")
    world.manager.answers["Status"] = lambda action: block(**channel.new().fields) + listed(action, [])
    await world.up()

    assert world.of(PbxPhoneStateChanged)[-1] == PbxPhoneStateChanged("anna", PhoneState.BUSY)


async def test_more_events_than_can_wait_make_it_read_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_MAX_WAITING_EVENTS", 10)
    channel = talking()
    flood = block(**channel.becomes("6").fields) * 20
    world.manager.answers["Status"] = lambda action: flood + listed(action, [])
    await world.pbx.configure(_COMPANY)
    await world.pbx.start(world.told.append)
    await wait_until_async(lambda: world.manager.connections >= 2, "a second attempt")
    assert not world.pbx.connected

    world.manager.answers["Status"] = lambda action: listed(action, [])
    await world.connected()


async def test_after_a_cut_everything_is_told_anew(world: World) -> None:
    world.channels = [talking().status()]
    await world.up()
    world.told.clear()
    world.channels = []
    world.contacts = []

    world.manager.cut()
    await world.disconnected()
    await world.connected()

    assert isinstance(world.told[0], PbxStateChanged)
    assert world.told[0].connected is False
    assert world.told[1:] == [
        PbxRegistrationsChanged("anna", ()),
        PbxRegistrationsChanged("beat", ()),
        PbxLegEnded("anna", "pbx-1.1", 0),
        PbxPhoneStateChanged("anna", PhoneState.OFFLINE),
        PbxPhoneStateChanged("beat", PhoneState.OFFLINE),
        PbxStateChanged(connected=True),
    ]


async def test_click_to_dial_that_is_cut_is_lost_and_not_dialled_again(world: World) -> None:
    await world.up()
    dialling = asyncio.create_task(world.pbx.originate("anna", "202", "click-1"))
    await wait_until_async(lambda: "Originate" in world.manager.names(), "the action")

    world.manager.cut()

    with pytest.raises(PbxLostError):
        await dialling
    await world.connected()
    assert world.manager.names().count("Originate") == 1


async def test_what_click_to_dial_asks_of_asterisk(world: World) -> None:
    await world.up()
    device = FakeChannel("PJSIP/anna-00000001", "click-1", "click-1")
    world.manager.answers["Originate"] = lambda action: (
        block(Response="Success", ActionID=action["ActionID"])
        + block(**device.new().fields)
        + block(**device.becomes("5").fields)
    )
    await world.pbx.originate("anna", "202", "click-1")

    (asked,) = [action for action in world.manager.actions if action["Action"] == "Originate"]
    assert asked["Channel"] == "PJSIP/anna/sip:anna@192.0.2.7:5060"
    assert (asked["Context"], asked["Exten"], asked["ChannelId"]) == ("wwphone-click", "202", "click-1")
    assert asked["CallerID"] == '"Beat" <202>'


@pytest.mark.parametrize(
    ("user", "number", "leg_id", "complaint"),
    [
        ("anna", "202\r\nAction: Logoff", "click-1", "no number"),
        ("anna", "beat@example.org", "click-1", "no number"),
        ("anna", "202", "a b", "name of a leg"),
        ("beat", "201", "click-1", "no device of beat"),
        ("zoe", "201", "click-1", "no device of zoe"),
    ],
)
async def test_what_cannot_be_dialled_is_not_sent(
    world: World, user: str, number: str, leg_id: str, complaint: str
) -> None:
    await world.up()
    with pytest.raises(PbxError, match=complaint):
        await world.pbx.originate(user, number, leg_id)

    assert "Originate" not in world.manager.names()


async def test_hanging_up_what_is_not_there(world: World) -> None:
    world.channels = [talking().status()]
    await world.up()
    with pytest.raises(KeyError):
        await world.pbx.hang_up("pbx-9.9")
    world.manager.answers["Hangup"] = lambda action: block(
        Response="Error", Message="No such channel", ActionID=action["ActionID"]
    )
    with pytest.raises(KeyError):
        await world.pbx.hang_up("pbx-1.1")


async def test_without_a_line_nothing_is_asked(world: World) -> None:
    with pytest.raises(PbxError, match="out of reach"):
        await world.pbx.originate("anna", "202", "click-1")
    with pytest.raises(PbxError, match="out of reach"):
        await world.pbx.hang_up("pbx-1.1")


async def test_refused_devices_are_told(world: World) -> None:
    await world.up()
    world.manager.send(
        block(
            Event="ChallengeResponseFailed",
            Service="PJSIP",
            AccountID="anna",
            RemoteAddress="IPV4/UDP/192.0.2.66/5060",
        )
    )
    await wait_until_async(lambda: bool(world.of(PbxRegistrationRefused)), "the refusal")

    assert world.of(PbxRegistrationRefused) == [PbxRegistrationRefused("anna", "192.0.2.66", too_many=False)]


async def test_a_device_that_comes_is_asked_about_once_and_everybody_now_and_then(tmp_path: Path) -> None:
    async with FakeManager() as manager:
        world = World(manager, tmp_path)
        world.pbx = AsteriskPbx(
            AsteriskSettings(manager.account, tmp_path, world.settings.times, probe_period_s=0.5 * SECONDS)
        )
        contact = contact_detail("beat", "sip:beat@192.0.2.9")
        manager.answers["PJSIPShowEndpoint"] = lambda action: listed(action, [contact])
        await world.up()
        status = {
            "Event": "ContactStatus",
            "AOR": "beat",
            "URI": contact["URI"],
            "ContactStatus": "Reachable",
        }
        manager.send(block(**status) * 3 + block(**{**status, "AOR": "trunk"}))
        await wait_until_async(
            lambda: PbxPhoneStateChanged("beat", PhoneState.FREE) in world.told, "beat's device"
        )
        assert manager.names().count("PJSIPShowEndpoint") == 1

        world.contacts = [{**contact, "RoundtripUsec": "77000"}]
        await wait_until_async(
            lambda: round_trips(world, "beat")[-1:] == [77.0], "the answer time of the next round"
        )
        await world.pbx.shutdown()


def round_trips(world: World, user: str) -> list[float | None]:
    return [
        registration.round_trip_ms
        for event in world.told
        if isinstance(event, PbxRegistrationsChanged) and event.user == user
        for registration in event.registrations
    ]


async def test_a_dead_device_that_registers_anew_is_probed_at_once(world: World) -> None:
    dead = contact_detail("anna", "sip:anna@192.0.2.7:5060", Status="Unreachable")
    world.contacts = [dead]
    world.manager.answers["PJSIPShowEndpoint"] = lambda action: listed(action, [dead])
    await world.up()

    world.manager.send(block(Event="ContactStatus", AOR="anna", URI=dead["URI"], ContactStatus="Unreachable"))

    await wait_until_async(lambda: "PJSIPQualify" in world.manager.names(), "the probe")


async def test_after_shutdown_nothing_is_told(world: World) -> None:
    await world.up()
    world.told.clear()

    await world.pbx.shutdown()
    await world.pbx.shutdown()

    assert world.told == []
    assert not world.pbx.connected
