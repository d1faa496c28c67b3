"""My devices: what rings for me, where, how quickly it answers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.world import World, company, registrations
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import LegState
from wwphone.gui.widgets.device_card import DeviceCard
from wwphone.gui.words import clock
from wwphone.protocol.calls import LegChanged, LegEnded
from wwphone.protocol.devices import RegistrationsChanged


async def shown(stage: Stage) -> list[DeviceCard]:
    """The cards, after the panel was chosen by its key."""
    eyes.press(stage.window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    await wait_until_async(stage.window.devices.isVisible, "the devices")
    await stage.settled()
    return sorted(eyes.visible(DeviceCard, stage.window), key=lambda card: card.y())


async def test_each_device_has_a_card(signed_in: Stage) -> None:
    pc, desk, mobile = await shown(signed_in)
    assert "3 of 3 registered" in eyes.texts(signed_in.window.devices)
    until = clock(registrations()[0].expires_at)  # type: ignore[arg-type]  # it has one
    assert {"wwphone/0.1.0", "this PC", "Encrypted", "answers in 11 ms"} <= set(eyes.texts(pc))
    assert f"10.20.4.17:5061 · TLS · registered until {until}" in eyes.texts(pc)
    assert {"Yealink SIP-T54W 96.86.0.100", "Not encrypted", "answers in 212 ms"} <= set(eyes.texts(desk))
    assert {"Linphone-Android/5.2.5", "does not answer"} <= set(eyes.texts(mobile))
    assert "this PC" not in eyes.texts(desk) + eyes.texts(mobile)
    assert pc.accessibleName().startswith("wwphone/0.1.0, Encrypted, answers in 11 ms, 10.20.4.17:5061")


async def test_a_device_comes_and_goes(signed_in: Stage) -> None:
    await shown(signed_in)
    one = registrations()[:1]
    signed_in.world.link.change(RegistrationsChanged(one))
    await signed_in.settled()
    assert len(await shown(signed_in)) == 1
    assert "1 of 3 registered" in eyes.texts(signed_in.window.devices)


async def test_what_is_not_known_is_said_so(signed_in: Stage) -> None:
    odd = replace(
        registrations()[1], user_agent="", round_trip_ms=None, expires_at=None, address="2001:db8::7"
    )
    signed_in.world.link.change(RegistrationsChanged((odd,)))
    [card] = await shown(signed_in)
    assert {"Unknown device", "not measured yet", "[2001:db8::7]:5060 · UDP"} <= set(eyes.texts(card))


async def test_without_devices_it_says_that_nothing_rings(qapp: object) -> None:
    async with Stage("en", "light", World(company(registrations=()))) as stage:
        await stage.signed_in()
        assert await shown(stage) == []
        assert any("nothing rings" in text for text in eyes.texts(stage.window.devices))


async def test_signed_out_it_says_when_they_will_be_here(stage: Stage) -> None:
    await stage.show()
    assert await shown(stage) == []
    assert any("as soon as you are signed in" in text for text in eyes.texts(stage.window.devices))


async def test_a_running_call_moves_to_another_device(signed_in: Stage) -> None:
    await shown(signed_in)
    assert not eyes.has_button("Move the call", signed_in.window.devices)
    call_id = await signed_in.talking("Beat")
    [button] = [b for b in eyes.visible(QAbstractButton, signed_in.window.devices) if "Move" in b.text()]
    assert button.accessibleName() == "Move the call to Yealink SIP-T54W 96.86.0.100", (
        "not this PC, nor who is away"
    )
    button.click()
    await signed_in.settled()
    assert eyes.has_button("It rings there", signed_in.window.devices)

    (leg,) = signed_in.world.link.mirror.legs.values()
    signed_in.world.link.change(LegChanged(replace(leg, state=LegState.UP)))
    await signed_in.settled()
    card = signed_in.window.cards.card(call_id)
    assert card is not None
    assert "Goes on at your other device." in card.accessibleName()
    assert not eyes.has_button("Move the call", signed_in.window.devices)


async def test_a_device_that_does_not_take_the_call_is_told_of(signed_in: Stage) -> None:
    await shown(signed_in)
    await signed_in.talking("Beat")
    eyes.click("Move the call here", signed_in.window.devices)
    await signed_in.settled()
    (leg,) = signed_in.world.link.mirror.legs
    signed_in.world.link.change(LegEnded(leg, 17))
    await signed_in.settled()
    assert "it goes on here" in " ".join(eyes.texts(signed_in.window._form.banners))
    assert eyes.has_button("Move the call here", signed_in.window.devices)
