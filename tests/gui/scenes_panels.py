"""Scenes of the main window without calls: panels, dial field, banners, menus."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.gui.world import DEVICES, World, company, today
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.account import Right
from wwphone.domain.calls import Party
from wwphone.domain.presence import Presence, PresenceStatus
from wwphone.domain.shown import Shown as ShownNumber
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.presence import PresenceChanged, SetPresence
from wwphone.protocol.shown import ShownDefaultChanged
from wwphone.services.account import SignInGivenUpError
from wwphone.services.presence import ColleagueLine
from wwphone.sip.api import RegistrationState

Shown = Sequence[QWidget]


async def signed_out(stage: Stage) -> Shown:
    await stage.show()
    return [stage.window]


async def _sign_in(stage: Stage) -> None:
    with contextlib.suppress(SignInGivenUpError):  # the scene ends before it succeeds
        await stage.world.services.account.sign_in_remembered()


async def signing_in(stage: Stage) -> Shown:
    stage.world.link.cut(LinkProblem.TIMEOUT)
    await stage.world.remember()
    stage.shell.context.run(_sign_in(stage))
    await stage.show()
    return [stage.window]


async def compact(stage: Stage) -> Shown:
    await stage.signed_in()
    return [stage.window]


async def wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    return [stage.window]


async def very_wide(stage: Stage) -> Shown:
    await stage.signed_in((1600, 900))
    return [stage.window]


async def tiles(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.window.colleagues._density.click()
    await stage.settled()
    return [stage.window]


async def tiles_wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    stage.window.colleagues._density.click()
    await stage.settled()
    return [stage.window]


async def nobody(stage: Stage) -> Shown:
    await stage.signed_in()
    return [stage.window]


async def filtered(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.window.colleagues.begin()
    QTest.keyClicks(stage.window.focusWidget(), "er")
    QTest.keyClick(stage.window.focusWidget(), Qt.Key.Key_Down)
    await stage.settled()
    return [stage.window]


async def filtered_out(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.window.colleagues.begin()
    QTest.keyClicks(stage.window.focusWidget(), "Wilhelm Tell")
    await stage.settled()
    return [stage.window]


async def devices(stage: Stage) -> Shown:
    await stage.signed_in()
    QTest.keyClick(stage.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    stage.window._form.devices_button.click()
    await stage.settled()
    return [stage.window]


# ---------------------------------------------------------------- dialling


async def _type(stage: Stage, text: str) -> Shown:
    await stage.signed_in()
    field = stage.window._form.dial_field
    field.setFocus()
    QTest.keyClicks(field, text)
    await stage.settled()
    popup = field.completer().popup()
    return [stage.window, popup] if popup and popup.isVisible() else [stage.window]


async def dial_name(stage: Stage) -> Shown:
    return await _type(stage, "er")


async def dial_number(stage: Stage) -> Shown:
    return await _type(stage, "+41 (0)44 268 12 12")


async def dial_nobody(stage: Stage) -> Shown:
    return await _type(stage, "Wilhelm Tell")


async def dial_emergency(stage: Stage) -> Shown:
    return await _type(stage, "117")


async def dial_failed(stage: Stage) -> Shown:
    shown = await _type(stage, "0442681212")
    stage.engine.lose_registrar()
    await stage.settled()
    QTest.keyClick(stage.window._form.dial_field, Qt.Key.Key_Return)
    await stage.settled()
    return [shown[0]]


# ---------------------------------------------------------------- banners


async def shown_default(stage: Stage) -> Shown:
    """For this number another shown number is remembered; the list stands open."""
    await stage.signed_in()
    numbers = ("+41442681204", "+41442681200", "204")
    profile = replace(company().profile, displayed_number="+41442681205", shown_numbers=numbers)
    default = ShownDefaultChanged("0522034455", ShownNumber("+41442681200"))
    stage.world.link.change(ProfileChanged(profile), default)
    QTest.keyClicks(stage.window._form.dial_field, "052 203 44 55")
    await stage.settled()
    button = stage.window._form.shown_button
    menu = stage.menu(stage.window.shown_choice.menu, button)
    await stage.settled()
    return [stage.window, menu]


def _registration(state: RegistrationState) -> Scene:
    async def play(stage: Stage) -> Shown:
        stage.engine.answer_registrations_with(state)
        await stage.signed_in()
        return [stage.window]

    return Scene(f"registration-{state.value.replace('_', '-')}", play)


async def colleagues_undisturbed(stage: Stage) -> Shown:
    """Do not disturb is on with four of them: who talks, who comes back, oneself, and who seems available."""
    await stage.signed_in()
    await _do_not_disturb(stage)
    return [stage.window]


async def colleagues_undisturbed_in_tiles(stage: Stage) -> Shown:
    await tiles(stage)
    await _do_not_disturb(stage)
    return [stage.window]


async def _do_not_disturb(stage: Stage) -> None:
    presences = stage.world.link.mirror.presences
    stage.world.link.change(
        *(
            PresenceChanged(user, replace(presences[user], do_not_disturb=True))
            for user in ("carla", "dario", "anna", "beat")
        )
    )
    await stage.settled()


async def presence_by_another(stage: Stage) -> Shown:
    """A colleague has set one's presence; it keeps no calls away, so that a line of its own tells."""
    await stage.signed_in()
    chosen = Presence(
        PresenceStatus.BE_RIGHT_BACK, today(11, 42), today(13, 30), "PC-EMPFANG", True, "ursula"
    )
    stage.world.link.change(PresenceChanged("anna", chosen))
    await stage.settled()
    return [stage.window]


async def colleague_menu(stage: Stage) -> Shown:
    """All that a receptionist can do with somebody while a call runs."""
    await stage.signed_in()
    rights = frozenset({Right.CTI_ACCESS, Right.SET_PRESENCE})
    stage.world.link.change(ProfileChanged(replace(company().profile, rights=rights)))
    stage.rings("eva", Party("+41 44 268 12 12"))
    await stage.talking("Beat")
    panel = stage.window.colleagues
    index = panel.model.index_of("eva")
    panel.list.setCurrentIndex(index)
    row = panel.model.row(index)
    assert isinstance(row, ColleagueLine)
    panel.menu._fill(row)
    menu = stage.menu(panel.menu.menu, panel.list)
    menu.setActiveAction(menu.actions()[-1])
    states = panel.menu.presence_menu
    states.popup(menu.mapToGlobal(menu.actionGeometry(menu.actions()[-1]).topRight()))
    states.setActiveAction(states.actions()[-1])
    await stage.settled()
    return [stage.window, menu, states]


def _presence(status: PresenceStatus, set_from: str) -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.signed_in()
        stage.own_presence(status, today(11, 42), set_from)
        await stage.settled()
        return [stage.window]

    return Scene(f"own-presence-{status.value.replace('_', '-')}", play)


async def no_sound(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.unplug(*(device.device_id for device in DEVICES))
    await stage.settled()
    return [stage.window]


async def sound_failed(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.break_sound()
    await stage.settled()
    return [stage.window]


async def interrupted(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [stage.window]


async def pbx_down(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.change(PbxStateChanged(connected=False))
    await stage.settled()
    return [stage.window]


async def taken_over(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.say_goodbye(WireError(ErrorCode.SESSION_TAKEN_OVER, "taken over"))
    await stage.settled()
    return [stage.window]


async def refused_presence(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.refuse(SetPresence, WireError(ErrorCode.NOT_PERMITTED, "no"))
    stage.window.header.choose(PresenceStatus.UNAVAILABLE)
    await stage.settled()
    return [stage.window]


async def command_failed(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.fail_next("hold", "488 Not Acceptable Here")
    stage.calls.toggle_hold(await stage.talking())
    await stage.settled()
    return [stage.window]


async def everything_wrong(stage: Stage) -> Shown:
    stage.engine.answer_registrations_with(RegistrationState.TOO_MANY_DEVICES)
    await stage.signed_in()
    stage.engine.unplug(*(device.device_id for device in DEVICES))
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await stage.settled()
    return [stage.window]


# ---------------------------------------------------------------- menus


async def presence_menu(stage: Stage) -> Shown:
    await stage.signed_in()
    button = stage.window._form.presence_button
    menu = stage.menu(button.menu(), button)
    menu.setActiveAction(menu.actions()[2])
    below = cast("QMenu", menu.actions()[2].menu())
    below.popup(menu.mapToGlobal(menu.actionGeometry(menu.actions()[2]).topRight()))
    await stage.settled()
    return [stage.window, menu, below]


async def connection_menu(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.world.link.cut(LinkProblem.CERTIFICATE_EXPIRED)
    await stage.settled()
    button = stage.window._form.connection_button
    menu = stage.menu(button.menu(), button)
    await stage.settled()
    return [stage.window, menu]


async def tray_menu(stage: Stage) -> Shown:
    await stage.signed_in()
    menu = stage.shell.tray.menu
    stage.menu(menu, stage.window)
    await stage.settled()
    return [menu]


PANEL_SCENES = (
    Scene("main", compact, everywhere=True),
    Scene("main-wide", wide, everywhere=True),
    Scene("main-very-wide", very_wide),
    Scene("main-tiles", tiles, everywhere=True),
    Scene("main-tiles-wide", tiles_wide),
    Scene("signed-out", signed_out),
    Scene("signing-in", signing_in),
    Scene("colleagues-nobody", nobody, world=lambda: World(company(groups=(), colleagues=()))),
    Scene("colleagues-do-not-disturb", colleagues_undisturbed, everywhere=True),
    Scene("colleagues-do-not-disturb-tiles", colleagues_undisturbed_in_tiles),
    Scene("colleagues-filtered", filtered),
    Scene("colleagues-filtered-out", filtered_out),
    Scene("devices", devices),
    Scene("devices-none", devices, world=lambda: World(company(registrations=()))),
    Scene("dial-name", dial_name, everywhere=True),
    Scene("dial-number", dial_number),
    Scene("dial-nobody", dial_nobody),
    Scene("dial-emergency", dial_emergency),
    Scene("dial-shown-default", shown_default, everywhere=True),
    Scene("dial-failed", dial_failed),
    *(_registration(state) for state in RegistrationState),
    _presence(PresenceStatus.UNAVAILABLE, "Yealink SIP-T54W"),
    _presence(PresenceStatus.INTERNAL_ONLY, "iPhone von Anna"),
    _presence(PresenceStatus.DIRECT_ONLY, ""),
    _presence(PresenceStatus.BE_RIGHT_BACK, ""),
    _presence(PresenceStatus.TELEPHONE_SERVICE, ""),
    Scene("sound-none", no_sound),
    Scene("sound-failed", sound_failed),
    Scene("line-interrupted", interrupted, everywhere=True),
    Scene("pbx-down", pbx_down),
    Scene("taken-over", taken_over),
    Scene("presence-refused", refused_presence),
    Scene("command-failed", command_failed),
    Scene("everything-wrong", everything_wrong),
    Scene("presence-menu", presence_menu, everywhere=True),
    Scene("presence-by-another", presence_by_another),
    Scene("colleague-menu", colleague_menu, everywhere=True),
    Scene("connection-menu", connection_menu),
    Scene("tray-menu", tray_menu),
)
