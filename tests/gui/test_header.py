"""The header: who I am, my presence, and whether I am connected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QMenu

from tests.gui import eyes
from tests.gui.stage import Stage
from tests.gui.test_words import SENTENCES_OF
from tests.gui.world import World, company, today
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import CallKind
from wwphone.domain.presence import PresenceStatus
from wwphone.gui.widgets.avatar import initials
from wwphone.gui.words import WORDS, clock
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.presence import SetPresence
from wwphone.sip.api import RegistrationState

SELECTABLE = [status for status in PresenceStatus if status.selectable]


def presence_menu(stage: Stage) -> QMenu:
    return stage.window._form.presence_button.menu()


def own_line(stage: Stage) -> str:
    return stage.window._form.own_line.accessibleName()


async def test_before_anybody_signed_in(stage: Stage) -> None:
    await stage.show()
    assert stage.window._form.own_name.accessibleName() == "Not signed in"
    assert not stage.window._form.presence_button.isEnabled()
    assert stage.window._form.presence_button.text() == "Offline"


async def test_who_i_am(signed_in: Stage) -> None:
    assert signed_in.window._form.own_name.accessibleName() == "Anna Muster"
    assert own_line(signed_in) == "204"
    assert signed_in.window._form.presence_button.text() == "Available"


@pytest.mark.parametrize("status", SELECTABLE, ids=str)
async def test_every_presence_can_be_chosen(signed_in: Stage, status: PresenceStatus) -> None:
    texts = {PresenceStatus.BE_RIGHT_BACK: ("Be right back", "without a time")}
    signed_in.own_presence(PresenceStatus.UNAVAILABLE, today(8, 0))
    menu = presence_menu(signed_in)
    eyes.choose(menu, *texts.get(status, (WORDS[status],)))
    await signed_in.settled()
    assert signed_in.world.link.commands == [SetPresence(status)]
    assert signed_in.window._form.presence_button.text() == WORDS[status]


async def test_offline_cannot_be_chosen_and_each_choice_explains_itself(signed_in: Stage) -> None:
    actions = presence_menu(signed_in).actions()
    choices = actions[: len(SELECTABLE)]
    assert [action.text() for action in choices] == [WORDS[status] for status in SELECTABLE]
    assert all(action.toolTip().endswith(".") for action in choices)
    assert all(not action.icon().isNull() for action in choices)
    rest = [action.text() for action in actions[len(SELECTABLE) :] if not action.isSeparator()]
    assert rest == ["Forward calls …", "My presence history"]


async def test_choices_explain_themselves_by_the_matrix_of_the_server() -> None:
    state = company(reach=((PresenceStatus.AVAILABLE, (CallKind.GROUP,)), (PresenceStatus.UNAVAILABLE, ())))
    async with Stage("en", "light", World(state)) as stage:
        await stage.signed_in()
        told = {action.text(): action.toolTip() for action in presence_menu(stage).actions()}
        assert told["Available"] == "Only group calls ring."
        assert told["Unavailable"] == "No calls ring."
        assert stage.window._form.presence_button.toolTip() == "Only group calls ring."


async def test_be_right_back_until_a_time(signed_in: Stage) -> None:
    eyes.choose(presence_menu(signed_in), "Be right back", "in 30 minutes")
    await signed_in.settled()
    [command] = signed_in.world.link.commands
    assert isinstance(command, SetPresence)
    assert command.back_at is not None
    assert abs(command.back_at - datetime.now(UTC) - timedelta(minutes=30)) < timedelta(seconds=10)
    assert signed_in.window._form.presence_button.text() == f"back at {clock(command.back_at)}"


async def test_a_refused_presence_is_explained_and_nothing_changes(signed_in: Stage) -> None:
    signed_in.world.link.refuse(SetPresence, WireError(ErrorCode.NOT_PERMITTED, "no"))
    eyes.choose(presence_menu(signed_in), "Unavailable")
    await signed_in.settled()
    assert signed_in.window.banners.problem.text == SENTENCES_OF[ErrorCode.NOT_PERMITTED]
    assert signed_in.window._form.presence_button.text() == "Available"

    signed_in.world.link.refuse(SetPresence, None)
    eyes.choose(presence_menu(signed_in), "Unavailable")
    await signed_in.settled()
    assert signed_in.window.banners.problem.text == ""
    assert signed_in.window._form.presence_button.text() == "Unavailable"


async def test_a_presence_chosen_elsewhere_appears(signed_in: Stage) -> None:
    signed_in.own_presence(PresenceStatus.INTERNAL_ONLY, today(11, 42), "Yealink")
    await signed_in.settled()
    assert signed_in.window._form.presence_button.text() == "Internal only"


async def test_the_connection_in_sentences(signed_in: Stage) -> None:
    connection = signed_in.window.header.connection
    button = signed_in.window._form.connection_button
    assert [line.text for line in connection.lines()] == [
        SENTENCES_OF[RegistrationState.REGISTERED],
        "Colleagues and presence are live.",
    ]
    assert button.accessibleDescription() == " ".join(line.text for line in connection.lines())

    signed_in.world.link.change(PbxStateChanged(connected=False))
    await signed_in.settled()
    assert not connection.lines()[-1].good

    signed_in.world.link.cut(LinkProblem.CERTIFICATE_EXPIRED)
    await signed_in.settled()
    assert connection.lines()[-1].text == SENTENCES_OF[LinkProblem.CERTIFICATE_EXPIRED]
    button.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
    await signed_in.settled()
    seen = eyes.texts(button.menu())
    assert SENTENCES_OF[LinkProblem.CERTIFICATE_EXPIRED] in seen
    assert "pbx.muster-ag.ch:8443" in seen
    button.menu().hide()


async def test_the_icon_of_the_connection_differs_in_shape(signed_in: Stage) -> None:
    button = signed_in.window._form.connection_button
    looks = [button.icon().pixmap(24).toImage()]
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    looks.append(button.icon().pixmap(24).toImage())
    signed_in.engine.lose_registrar()
    await signed_in.settled()
    looks.append(button.icon().pixmap(24).toImage())
    shapes = [look.createAlphaMask() for look in looks]
    assert all(shapes[i] != shapes[j] for i in range(3) for j in range(i))


@pytest.mark.parametrize(
    "state", [state for state in RegistrationState if state is not RegistrationState.REGISTERED], ids=str
)
async def test_beside_the_number_stands_that_it_does_not_ring(stage: Stage, state: RegistrationState) -> None:
    stage.engine.answer_registrations_with(state)
    await stage.signed_in()
    registering = state is RegistrationState.REGISTERING
    assert own_line(stage) == ("204 · connecting …" if registering else "204 · does not ring")


async def test_without_a_line_the_presence_stays_but_cannot_be_changed(signed_in: Stage) -> None:
    signed_in.world.link.cut(LinkProblem.LINE_LOST)
    await signed_in.settled()
    assert signed_in.window._form.presence_button.text() == "Available"
    assert not signed_in.window._form.presence_button.isEnabled()
    signed_in.world.link.heal()
    await signed_in.settled()
    assert signed_in.window._form.presence_button.isEnabled()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Muster", "AM"),
        ("Jean-Luc de la Tour", "JT"),
        ("Özlem", "Ö"),
        ("Müller & Söhne AG, Winterthur", "MW"),
        ("+41 44 268 12 12", ""),
        ("", ""),
        ("3 Könige", "K"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
