"""Scenes of the conference window in each of its states, and of the sign on the call card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.conferences import (
    BEATS,
    HANS,
    OWN,
    SALES,
    ago,
    begin,
    chairwoman,
    followed,
    invite,
    one,
    opened,
    plan,
    planned,
)
from tests.gui.scene import Scene
from tests.gui.stage import WIDE, Stage
from tests.gui.world import ME, World
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.conference import InvitationState
from wwphone.protocol.conference import InviteByPhone, SetRoomPin

Shown = Sequence[QWidget]
ANNA = one("anna-1", "204", "Anna", user=ME, chair=True)
FOUR = (
    ANNA,
    one("hans-1", "+41523334455", talking=True, since=ago(minutes=11), invitee=HANS),
    one("carla-1", "201", "Carla", user="carla", muted=True, since=ago(minutes=9)),
    one("somebody-1", "", since=ago(seconds=34)),
)
CALLED = {
    "207": InvitationState.RINGING,
    "+41449312345": InvitationState.CALLING,
    "209": InvitationState.CONNECTED,
    "210": InvitationState.BUSY,
    "211": InvitationState.NO_ANSWER,
    "212": InvitationState.REFUSED,
    "+41552401010": InvitationState.FAILED,
    "+41444500000": InvitationState.LEFT,
}


async def _inside(stage: Stage) -> None:
    """Anna's own call is in her room."""
    await stage.talking("901")


async def _empty(stage: Stage) -> Shown:
    return [await opened(stage)]


async def _no_room(stage: Stage) -> Shown:
    return [await opened(stage)]


async def _runs(stage: Stage) -> Shown:
    window = await opened(stage)
    await _inside(stage)
    begin(stage, *FOUR)
    await followed(stage, window)
    window.there.focus()
    window.there.list.setCurrentIndex(window.there.model.index(1))
    await stage.settled()
    return [window]


async def _called(stage: Stage) -> Shown:
    window = await opened(stage)
    await _inside(stage)
    begin(stage, *FOUR, locked=True)
    await invite(stage, CALLED)
    await followed(stage, window)
    window.invited.focus()
    await stage.settled()
    return [window]


async def _planned(stage: Stage) -> Shown:
    window = await opened(stage)
    await _inside(stage)
    plan(stage, planned())
    begin(stage, *FOUR[:2], conference_id="plan-1")
    await followed(stage, window)
    window.invited.list.setCurrentIndex(window.invited.model.index(2))
    await stage.settled()
    return [window]


async def _planned_failed(stage: Stage) -> Shown:
    window = await opened(stage)
    await _inside(stage)
    plan(stage, planned(ends_at=ago(minutes=-30)))
    begin(stage, *FOUR, conference_id="plan-1")
    await followed(stage, window)
    window.resize(window.minimumSize())
    window.invited.focus()
    window.invited.list.setCurrentIndex(window.invited.model.index(6))
    await stage.settled()
    return [window]


async def _completing(stage: Stage) -> Shown:
    window = await opened(stage)
    begin(stage, *FOUR)
    await followed(stage, window)
    window.inviting.focus()
    eyes.type_into(window._form.invite, "Beat, an")
    await stage.settled()
    return [window, window.inviting._people.popup]


async def _several(stage: Stage) -> Shown:
    window = await opened(stage)
    window._form.invite.setText("Beat; Carla, 044 931 23 45")
    await stage.settled()
    return [window]


async def _unknown(stage: Stage) -> Shown:
    window = await opened(stage)
    begin(stage, *FOUR)
    await followed(stage, window)
    window._form.invite.setText("Beat, Carla, Nobody")
    window.inviting.call()
    await followed(stage, window)
    return [window]


async def _full(stage: Stage) -> Shown:
    window = await opened(stage)
    stage.world.link.refuse(InviteByPhone, WireError(ErrorCode.CONFLICT, "full"))
    window._form.invite.setText("Beat")
    window.inviting.call()
    await followed(stage, window)
    return [window]


async def _ending(stage: Stage) -> Shown:
    window = await opened(stage)
    begin(stage, *FOUR)
    await followed(stage, window)
    window._form.end_button.click()
    await stage.settled()
    return [window]


async def _copied(stage: Stage) -> Shown:
    window = await opened(stage)
    plan(stage, planned())
    await followed(stage, window)
    window.invited.list.setCurrentIndex(window.invited.model.index(1))
    window.invited.buttons[2].click()
    await stage.settled()
    return [window]


async def _menu(stage: Stage) -> Shown:
    window = await opened(stage)
    plan(stage, planned())
    begin(stage, *FOUR)
    await followed(stage, window)
    window.invited.focus()
    index = window.invited.model.index(2)
    window.invited.list.setCurrentIndex(index)
    window.invited._on_menu_wanted(index, window.invited.list.below(index))
    await stage.settled()
    return [window, window.invited.menu]


async def _pin(stage: Stage) -> Shown:
    window = await opened(stage)
    window.bar.change_pin()
    await stage.settled()
    assert window.bar.pin_dialog is not None
    return [window.bar.pin_dialog]


async def _pin_refused(stage: Stage) -> Shown:
    stage.world.link.refuse(SetRoomPin, WireError(ErrorCode.INVALID, "this PIN is easily guessed"))
    window = await opened(stage)
    window.bar.change_pin()
    dialog = window.bar.pin_dialog
    assert dialog is not None
    dialog._form.pin.setText("1234")
    dialog._form.save.click()
    await stage.settled()
    return [dialog]


async def _line_down(stage: Stage) -> Shown:
    window = await opened(stage)
    await _inside(stage)
    begin(stage, *FOUR)
    await invite(stage, CALLED)
    await stage.settled()
    stage.world.link.cut(LinkProblem.LINE_LOST)
    await followed(stage, window)
    return [window]


async def _guest(stage: Stage) -> Shown:
    window = await opened(stage)
    people = [replace(each, room=BEATS.number) for each in FOUR]
    for each in (replace(people[1], user="beat", chair=True), replace(people[0], chair=False), people[2]):
        stage.world.link.conference.come(each)
    window.bar.choose(BEATS.number)
    await followed(stage, window)
    return [window]


async def _eighty(stage: Stage) -> Shown:
    window = await opened(stage)
    crowd = [
        one(
            f"one-{place}",
            f"+4144268{1200 + place}",
            since=ago(minutes=10) + timedelta(seconds=place),
            talking=place % 9 == 1,
            muted=place % 4 == 3,
        )
        for place in range(79)
    ]
    begin(stage, ANNA, *crowd)
    await followed(stage, window)
    return [window]


async def _withdrawn(stage: Stage) -> Shown:
    await opened(stage)
    stage.world.link.conference.set_rooms(released=False)
    await stage.settled()
    return [stage.window]


async def _on_card(stage: Stage) -> Shown:
    await stage.signed_in()
    await _inside(stage)
    begin(stage, *FOUR)
    await stage.settled()
    return [stage.window]


async def _on_card_wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    await _inside(stage)
    begin(stage, *FOUR)
    await stage.settled()
    return [stage.window]


def _roomless() -> World:
    return chairwoman(())


def _guests() -> World:
    return chairwoman((OWN, SALES, BEATS))


CONFERENCE_SCENES = (
    Scene("conference-empty", _empty, everywhere=True, world=chairwoman),
    Scene("conference-no-room", _no_room, world=_roomless),
    Scene("conference-runs", _runs, everywhere=True, world=chairwoman),
    Scene("conference-called", _called, everywhere=True, world=chairwoman),
    Scene("conference-planned", _planned, everywhere=True, world=chairwoman),
    Scene("conference-planned-small", _planned_failed, everywhere=True, world=chairwoman),
    Scene("conference-completing", _completing, everywhere=True, world=chairwoman),
    Scene("conference-several", _several, world=chairwoman),
    Scene("conference-unknown", _unknown, everywhere=True, world=chairwoman),
    Scene("conference-full", _full, world=chairwoman),
    Scene("conference-ending", _ending, everywhere=True, world=chairwoman),
    Scene("conference-copied", _copied, world=chairwoman),
    Scene("conference-pin", _pin, everywhere=True, world=chairwoman),
    Scene("conference-pin-refused", _pin_refused, everywhere=True, world=chairwoman),
    Scene("conference-menu", _menu, world=chairwoman),
    Scene("conference-line-down", _line_down, everywhere=True, world=chairwoman),
    Scene("conference-guest", _guest, world=_guests),
    Scene("conference-eighty", _eighty, world=chairwoman),
    Scene("conference-withdrawn", _withdrawn, world=chairwoman),
    Scene("conference-on-card", _on_card, everywhere=True, world=chairwoman),
    Scene("conference-on-card-wide", _on_card_wide, world=chairwoman),
)
