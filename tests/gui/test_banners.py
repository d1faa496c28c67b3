"""Banners: what is wrong, what it means, and the one button that mends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import DEVICES, World, company, today
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.gui.banners import Banners
from wwphone.gui.words import clock
from wwphone.protocol.calls import PbxStateChanged
from wwphone.services.account import SignInGivenUpError
from wwphone.services.account import Stage as AccountStage
from wwphone.sip.api import RegistrationState, SoundState

SINCE = today(11, 42)


def banners(stage: Stage) -> Banners:
    return stage.window.banners


async def test_when_all_is_well_there_is_no_banner_and_no_gap(signed_in: Stage) -> None:
    assert [banner.text for banner in banners(signed_in).all] == [""] * 6
    assert not signed_in.window._form.banners.isVisible()


@pytest.mark.parametrize(
    "state",
    [
        RegistrationState.REFUSED,
        RegistrationState.UNREACHABLE,
        RegistrationState.CERTIFICATE_REJECTED,
        RegistrationState.UNREGISTERED,
    ],
    ids=str,
)
async def test_a_lost_registration_is_explained_and_can_be_tried_now(
    stage: Stage, state: RegistrationState
) -> None:
    stage.engine.answer_registrations_with(state)
    await stage.signed_in()
    assert banners(stage).reach.text == SENTENCES_OF[state]
    stage.engine.answer_registrations_with(RegistrationState.REGISTERED)
    eyes.click("Try now", banners(stage).reach)
    await stage.settled()
    assert banners(stage).reach.text == ""
    assert stage.world.link.checks == 1


async def test_too_many_devices_are_named_and_lead_to_the_devices(stage: Stage) -> None:
    stage.engine.answer_registrations_with(RegistrationState.TOO_MANY_DEVICES)
    await stage.signed_in()
    said = banners(stage).reach.text
    assert said.startswith(SENTENCES_OF[RegistrationState.TOO_MANY_DEVICES])
    assert said.endswith("wwphone/0.1.0, Yealink SIP-T54W 96.86.0.100, Linphone-Android/5.2.5.")
    eyes.click("My devices", banners(stage).reach)
    await stage.settled()
    assert stage.window.devices.isVisible()


async def test_the_line_breaks_and_comes_back(signed_in: Stage) -> None:
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    since = clock(signed_in.world.link.state.since)
    assert banners(signed_in).line.text.startswith(f"No line to the server since {since}")
    signed_in.world.link.heal()
    await signed_in.settled()
    assert banners(signed_in).line.text == ""


async def test_the_server_does_not_reach_the_pbx(stage: Stage) -> None:
    await stage.signed_in()
    stage.world.link.change(PbxStateChanged(connected=False))
    await stage.settled()
    assert "does not reach the PBX" in banners(stage).line.text
    stage.world.link.change(PbxStateChanged(connected=True))
    await stage.settled()
    assert banners(stage).line.text == ""


async def test_another_pc_took_over(signed_in: Stage) -> None:
    wanted = eyes.recorded(signed_in.window.sign_in_wanted)
    signed_in.world.link.say_goodbye(WireError(ErrorCode.SESSION_TAKEN_OVER, "taken over"))
    await signed_in.settled()
    assert banners(signed_in).line.text == SENTENCES_OF[ErrorCode.SESSION_TAKEN_OVER]
    assert signed_in.engine._registration.state is RegistrationState.UNREGISTERED, "it rings there now"
    eyes.click("Sign in", banners(signed_in).line)
    assert len(wanted) == 1


async def test_a_start_without_a_line_is_explained_and_can_be_given_up(stage: Stage) -> None:
    account = stage.world.services.account
    await stage.world.remember()
    stage.world.link.cut(LinkProblem.NAME_UNKNOWN)
    trying = asyncio.get_running_loop().create_task(account.sign_in_remembered())
    await stage.show()
    assert banners(stage).line.text.startswith(SENTENCES_OF[LinkProblem.NAME_UNKNOWN])
    eyes.click("Cancel", banners(stage).line)
    await stage.settled()
    assert account.snapshot.stage is AccountStage.SIGNED_OUT
    assert banners(stage).line.text == ""
    with pytest.raises(SignInGivenUpError):
        await trying


async def test_no_sound_device_is_told_once(signed_in: Stage) -> None:
    signed_in.engine.unplug(*(device.device_id for device in DEVICES))
    await signed_in.settled()
    assert banners(signed_in).sound.text == SENTENCES_OF[SoundState.NO_DEVICE]
    eyes.click("OK", banners(signed_in).sound)
    assert banners(signed_in).sound.text == ""
    signed_in.world.services.sound.look_again()
    await signed_in.settled()
    assert banners(signed_in).sound.text == "", "it was read"

    signed_in.engine.plug_in(*DEVICES)
    await signed_in.settled()
    signed_in.engine.unplug(*(device.device_id for device in DEVICES))
    await signed_in.settled()
    assert banners(signed_in).sound.text == SENTENCES_OF[SoundState.NO_DEVICE], "it is news again"


async def test_failed_sound_leads_to_the_settings(signed_in: Stage) -> None:
    signed_in.engine.break_sound()
    await signed_in.settled()
    assert banners(signed_in).sound.text == SENTENCES_OF[SoundState.FAILED]
    eyes.click("Settings", banners(signed_in).sound)
    await signed_in.settled()
    assert signed_in.shell.settings_window is not None
    assert signed_in.shell.settings_window.isVisible()
    signed_in.engine.mend_sound()
    await signed_in.settled()
    assert banners(signed_in).sound.text == ""


async def test_a_locked_key_store_is_told_and_can_be_put_away(
    stage: Stage, expected_logs: Callable[..., object]
) -> None:
    expected_logs("password is not remembered", logger="wwphone.services")
    stage.world.secrets.locked = True
    await stage.signed_in()
    assert "key store" in banners(stage).line.text
    eyes.click("OK", banners(stage).line)
    assert banners(stage).line.text == ""


async def test_nothing_is_said_before_it_is_known(qapp: object) -> None:
    async with Stage("en", "light", World(company())) as stage:
        assert [banner.text for banner in stage.window.banners.all] == [""] * 6
