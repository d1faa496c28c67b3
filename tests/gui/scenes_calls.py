"""Scenes with calls: cards in every state, every end, and the incoming pop-up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import FAIR, GOOD, MUELLER, POOR, WIDE, Stage
from tests.gui.world import ME, World
from wwphone.config.notes import NotesInMemory
from wwphone.domain import shown as shown_number
from wwphone.domain.account import Profile
from wwphone.domain.calls import CallKind, CallQuality, EndReason, Party, Returned
from wwphone.domain.notes import Note
from wwphone.protocol.account import ProfileChanged

Shown = Sequence[QWidget]

_LONG = Party(
    "+49 7531 123456789",
    "Donaudampfschifffahrtsgesellschaft mbH & Co. KG, Zweigniederlassung Konstanz am Bodensee",
)
_INCOMING_ENDS = (EndReason.MISSED, EndReason.DECLINED_HERE, EndReason.ANSWERED_ELSEWHERE)
_ENDS_OF_TALKS = (EndReason.HUNG_UP_HERE, EndReason.HUNG_UP_THERE, EndReason.LINE_LOST)


def _outgoing(name: str, *, rings: bool) -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.signed_in()
        await stage.outgoing("207", rings=rings)
        return [stage.window]

    return Scene(f"call-{name}", play)


def _quality(name: str, quality: CallQuality) -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.signed_in()
        await stage.talking(quality=quality)
        return [stage.window]

    return Scene(f"call-active-{name}", play, everywhere=name == "good")


def _ended(reason: EndReason) -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.signed_in()
        if reason in _INCOMING_ENDS:
            call_id = await stage.incoming()
        elif reason in _ENDS_OF_TALKS:
            call_id = await stage.talking()
        else:
            call_id = await stage.outgoing("207")
        await stage.end(call_id, reason)
        return [stage.window._form.cards_area]

    return Scene(f"ended-{reason.value.replace('_', '-')}", play)


def _popup(name: str, kind: CallKind, remote: Party, called: str = "") -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.signed_in()
        await stage.incoming(remote, kind, called)
        return list(stage.shell.popups.shown)

    return Scene(f"incoming-{name}", play, everywhere=name == "direct")


async def muted(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking()
    stage.calls.set_muted(call_id, muted=True)
    await stage.settled()
    return [stage.window]


async def held(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.calls.toggle_hold(await stage.talking())
    await stage.settled()
    return [stage.window]


async def held_there(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.far_end_holds(await stage.talking())
    await stage.settled()
    return [stage.window]


async def two_calls(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.talking("Eva", 754, FAIR)
    await stage.talking("+41 44 268 12 12", 31)
    return [stage.window]


async def two_calls_wide(stage: Stage) -> Shown:
    await stage.signed_in(WIDE)
    await stage.talking("Eva", 754, FAIR)
    await stage.talking("Beat", 31)
    return [stage.window]


async def failed_tries(stage: Stage) -> Shown:
    """Many were tried in vain, one of them twice: the last ones stay in sight."""
    await stage.signed_in()
    for number in ("205", "203", "207", "+41 44 268 12 12", "207"):
        await stage.end(await stage.outgoing(number), EndReason.BUSY)
    await stage.outgoing("208", rings=True)
    return [stage.window]


async def many_calls(stage: Stage) -> Shown:
    await stage.signed_in()
    for name, seconds in (("Eva", 3754), ("Carla", 1200), ("Günther", 301), ("Reto", 31)):
        await stage.talking(name, seconds)
    return [stage.window]


async def keypad(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking()
    card = stage.window.cards.card(call_id)
    assert card is not None
    card._keypad_button.click()
    await stage.settled()
    return [stage.window]


def _with_a_note() -> World:
    when = datetime.now(UTC) - timedelta(days=3)
    text = (
        "Wünscht ein Angebot für 40 Headsets, bis Freitag. Frau Schönenberger ist bis am 12. in den Ferien."
    )
    return World(notes=NotesInMemory((Note("former", ME, MUELLER.number, MUELLER.name, text, when),)))


async def note(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking(MUELLER.number)
    card = stage.window.cards.card(call_id)
    assert card is not None
    card._note_button.click()
    card.note.show_text("Rückruf am Donnerstag nach 14 Uhr, Angebot Nr. 2417")
    await stage.settled()
    return [stage.window]


async def note_empty(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.talking()
    card = stage.window.cards.card(call_id)
    assert card is not None
    card._note_button.click()
    card.note.tell_unstored()
    await stage.settled()
    return [stage.window]


async def incoming_with_note(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.incoming()
    return [stage.window, *stage.shell.popups.shown]


async def choosing_the_shown_number(stage: Stage) -> Shown:
    await stage.signed_in()
    numbers = ("+41442681204", "204")
    profile = Profile(ME, "204", "Anna Muster", displayed_number="+41442681200", shown_numbers=numbers)
    stage.world.link.change(ProfileChanged(profile))
    await stage.settled()
    stage.world.services.shown.choose(shown_number.Shown())
    menu = stage.menu(stage.window.shown_choice.menu, stage.window._form.shown_button)
    await stage.settled()
    return [stage.window, menu]


async def incoming_card(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.incoming()
    return [stage.window]


async def incoming_while_talking(stage: Stage) -> Shown:
    stage.world.settings.set(*stage.busy_from(3))
    await stage.signed_in()
    await stage.talking()
    await stage.incoming(_LONG)
    return [stage.window]


async def two_popups(stage: Stage) -> Shown:
    stage.world.settings.set(*stage.busy_from(3))
    await stage.signed_in()
    await stage.incoming()
    await stage.incoming(Party("205"), CallKind.GROUP, "Verkauf 220")
    return list(stage.shell.popups.shown)


async def transferring(stage: Stage) -> str:
    """Beat on hold, to be transferred."""
    await stage.signed_in()
    call_id = await stage.talking("+41 44 268 12 12", 161)
    stage.window.transfers.press(call_id)
    await stage.settled()
    return call_id


async def transfer_choosing(stage: Stage) -> Shown:
    await transferring(stage)
    return [stage.window]


async def transfer_chosen(stage: Stage) -> Shown:
    call_id = await transferring(stage)
    stage.window.transfers.begin_with(call_id, "205")
    await stage.settled()
    return [stage.window]


async def transfer_consulting(stage: Stage) -> Shown:
    call_id = await transferring(stage)
    stage.world.services.transfer.consult(call_id, "Eva")
    stage.engine.far_end_answers(stage.engine.calls[-1].call_id)
    await stage.settled()
    return [stage.window]


async def transfer_handing_over(stage: Stage) -> Shown:
    call_id = await transferring(stage)
    stage.world.services.transfer.transfer_now(call_id, "Eva")
    await stage.settled()
    return [stage.window]


async def transfer_failed(stage: Stage) -> Shown:
    call_id = await transferring(stage)
    stage.world.services.transfer.transfer_now(call_id, "Eva")
    stage.engine.transfer_fails(call_id, 486)
    await stage.settled()
    return [stage.window]


async def deflecting(stage: Stage) -> Shown:
    await stage.signed_in()
    call_id = await stage.incoming()
    stage.window.transfers.deflect(call_id)
    await stage.settled()
    return [stage.window]


async def sending_on(stage: Stage) -> Shown:
    await stage.signed_in()
    await stage.incoming()
    [popup] = stage.shell.popups.shown
    return [popup, stage.menu(popup.send_on.menu(), popup.send_on)]


async def merged(stage: Stage) -> Shown:
    await stage.signed_in()
    for who, seconds in (("Eva", 754), ("Beat", 161), ("+41 44 268 12 12", 31)):
        await stage.talking(who, seconds)
        if len(stage.engine.calls) > 1:
            stage.world.services.merging.merge(stage.engine.calls[-1].call_id)
            await stage.settled()
    return [stage.window]


async def came_back(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.incoming(MUELLER.number, MUELLER.name, returned=Returned(Party("205"), EndReason.NO_ANSWER))
    await stage.settled()
    return [stage.window, *stage.shell.popups.shown]


CALL_SCENES = (
    _outgoing("dialling", rings=False),
    _outgoing("ringing", rings=True),
    _quality("good", GOOD),
    _quality("fair", FAIR),
    _quality("poor", POOR),
    Scene("call-muted", muted),
    Scene("call-held", held),
    Scene("call-held-there", held_there),
    Scene("calls-two", two_calls, everywhere=True),
    Scene("calls-two-wide", two_calls_wide, everywhere=True),
    Scene("calls-many", many_calls),
    Scene("calls-failed", failed_tries),
    Scene("call-keypad", keypad, everywhere=True),
    Scene("dial-shown-number", choosing_the_shown_number, everywhere=True),
    Scene("call-note", note, everywhere=True, world=_with_a_note),
    Scene("call-note-unstored", note_empty),
    Scene("incoming-with-note", incoming_with_note, everywhere=True, world=_with_a_note),
    Scene("call-incoming", incoming_card),
    Scene("call-incoming-while-talking", incoming_while_talking),
    *(_ended(reason) for reason in EndReason),
    _popup("internal", CallKind.INTERNAL, Party("205")),
    _popup("direct", CallKind.DIRECT, MUELLER, "+41 44 268 12 04"),
    _popup("group", CallKind.GROUP, MUELLER, "Verkauf 220"),
    _popup("long", CallKind.GROUP, _LONG, "Kundendienst Deutschland Süd 0800 123 456 789"),
    _popup("unknown", CallKind.DIRECT, Party(""), "+41 44 268 12 04"),
    _popup("number", CallKind.DIRECT, Party("+41 79 555 01 23"), "+41 44 268 12 04"),
    Scene("incoming-two", two_popups),
    Scene("transfer-choosing", transfer_choosing, everywhere=True),
    Scene("transfer-chosen", transfer_chosen),
    Scene("transfer-consulting", transfer_consulting, everywhere=True),
    Scene("transfer-handing-over", transfer_handing_over),
    Scene("transfer-failed", transfer_failed),
    Scene("incoming-deflecting", deflecting),
    Scene("incoming-sending-on", sending_on, everywhere=True),
    Scene("incoming-came-back", came_back),
    Scene("calls-merged", merged, everywhere=True),
)
