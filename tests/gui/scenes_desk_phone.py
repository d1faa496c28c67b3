"""Scenes in desk-phone mode: the mode, calls at the phone, and what has to be done there by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.gui.world import World, company, registrations
from wwphone.config.options import MODE
from wwphone.config.settings import Settings
from wwphone.domain.account import Mode
from wwphone.domain.calls import CallKind
from wwphone.domain.devices import Registration

Shown = Sequence[QWidget]

_HERE, YEALINK, MOBILE = registrations()
GIGASET = replace(YEALINK, user_agent="Gigaset N510 IP PRO/42.250")


def desk(*devices: Registration, mode: Mode = Mode.DESK_PHONE) -> World:
    """A world in which the desk phone is steered."""
    settings = Settings(None)
    settings.set(MODE, mode.value)
    return World(company(registrations=devices), settings)


def with_yealink() -> World:
    """A phone that answers when it is told to, and a mobile."""
    return desk(YEALINK, MOBILE)


def with_gigaset() -> World:
    """A phone that does not."""
    return desk(GIGASET)


def without_sound() -> World:
    """A PC without any sound device."""
    world = with_yealink()
    world.engine.unplug(*(device.device_id for device in world.engine._devices))
    return world


def two_phones() -> World:
    """One of two can be chosen."""
    return desk(
        YEALINK, replace(GIGASET, contact="sip:anna@10.20.9.81:5060", call_id="gigaset"), mode=Mode.FLEXIBLE
    )


async def idle(stage: Stage) -> Shown:
    await stage.signed_in()
    return [stage.window]


async def idle_wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    stage.window._form.devices_button.click()
    await stage.settled()
    return [stage.window]


async def menu(stage: Stage) -> Shown:
    stage.world.engine.unplug("headset", "laptop")
    await stage.signed_in()
    choice = stage.window.mode_choice
    choice.fill()
    return [stage.window, stage.menu(choice.menu, choice.button)]


async def rings(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.desk_phone.rings("+41442681212", "Müller & Söhne AG", CallKind.DIRECT, "204")
    await stage.settled()
    return [stage.window]


async def rings_popup(stage: Stage) -> Shown:
    await rings(stage)
    return list(stage.shell.popups.shown)


async def calling(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.outgoing("Beat")
    return [stage.window]


async def two_calls(stage: Stage) -> Shown:
    await stage.signed_in()
    phone = stage.world.link.desk_phone
    phone.answers(phone.rings("+41442681212", "Müller & Söhne AG", CallKind.DIRECT))
    await stage.settled()
    await stage.outgoing("Eva")
    (leg,) = stage.world.link.mirror.legs
    phone.answers(leg)
    await stage.settled()
    return [stage.window]


DESK_PHONE_SCENES = (
    Scene("desk-phone-idle", idle, everywhere=True, world=with_yealink),
    Scene("desk-phone-without-sound", idle, world=without_sound),
    Scene("desk-phone-none", idle, world=desk),
    Scene("desk-phone-devices-wide", idle_wide, world=with_yealink),
    Scene("desk-phone-menu", menu, everywhere=True, world=two_phones),
    Scene("desk-phone-rings", rings, world=with_yealink),
    Scene("desk-phone-rings-lift", rings, world=with_gigaset),
    Scene("desk-phone-popup-lift", rings_popup, everywhere=True, world=with_gigaset),
    Scene("desk-phone-calling", calling, world=with_yealink),
    Scene("desk-phone-two-calls", two_calls, everywhere=True, world=with_yealink),
)
