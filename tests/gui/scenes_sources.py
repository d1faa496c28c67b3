"""Scenes of other sources below the phone book: searching, found, silent, and their menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.gui import eyes
from tests.gui.contacts import EVERYBODYS, book_world, filled, phone_book
from tests.gui.scene import Scene
from tests.gui.stage import Stage
from tests.gui.world import World
from tests.helpers.waiting import wait_until_async
from wwphone.domain.calls import Party
from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.sources import Source, SourceAnswer, SourceState

CUSTOMERS = Source("customers", "Kunden (Abacus)")
PARTNERS = Source("partners", "Partner und Lieferanten")
REMOTE = Source("remote", "Verzeichnis Genf")
KELLER_AG = ContactDetails(company="Keller Metallbau AG", office="+41443002211", email="info@keller.example")
BEATRICE = ContactDetails("Béatrice", "Keller", "Weinkeller am See GmbH", "+41443004455", "+41791112244")
URS = ContactDetails("Urs", "Kellerhals", "Kellerhals AG", mobile="+41792223344")


def sources_world() -> World:
    """A company with three sources beside its phone book."""
    world = book_world(EVERYBODYS)
    world.link.sources.open(CUSTOMERS, PARTNERS, REMOTE)
    world.link.sources.fill("customers", KELLER_AG, BEATRICE)
    world.link.sources.fill("partners", URS)
    return world


async def searched(stage: Stage, text: str, states: int) -> None:
    """Type a text and wait until so many sources have answered."""
    eyes.type_into(stage.window.phonebook._form.search, text)
    service = stage.world.services.sources.browsing
    await wait_until_async(
        lambda: sum(one.answer is not None for one in service.searches) == states and bool(service.searches),
        f"{states} sources to have answered",
    )
    await stage.settled()


async def _found(stage: Stage) -> Sequence[QWidget]:
    await phone_book(stage)
    stage.world.link.sources.hang("remote")
    await searched(stage, "kell", 2)
    stage.window.phonebook.sources.enter()
    await stage.settled()
    return [stage.window]


async def _silent(stage: Stage) -> Sequence[QWidget]:
    await phone_book(stage)
    sources = stage.world.link.sources
    sources.give_up("remote", SourceAnswer(SourceState.SILENT))
    sources.give_up("partners", SourceAnswer(SourceState.UNREACHABLE, (URS,)))
    await searched(stage, "keller", 3)
    return [stage.window]


async def _only_there(stage: Stage) -> Sequence[QWidget]:
    await phone_book(stage)
    stage.world.link.sources.give_up("remote", SourceAnswer(SourceState.REFUSED))
    await searched(stage, "kellerhals", 3)
    return [stage.window]


async def _nowhere(stage: Stage) -> Sequence[QWidget]:
    await phone_book(stage)
    await searched(stage, "Wilhelm Tell", 3)
    return [stage.window]


async def _menu(stage: Stage) -> Sequence[QWidget]:
    await _found(stage)
    view = stage.window.phonebook.sources
    view.menu_wanted.emit(view.currentIndex(), view.below(view.currentIndex()))
    await stage.settled()
    return [stage.window, view.menu.menu]


async def _dialling(stage: Stage) -> Sequence[QWidget]:
    await stage.signed_in()
    await filled(stage)
    stage.world.link.sources.hang("remote")
    field = stage.window._form.dial_field
    field.setFocus()
    eyes.type_into(field, "kell")
    dialling = stage.world.services.sources.dialling
    await wait_until_async(lambda: len(dialling.found) == 3, "two sources to have answered")
    await stage.settled()
    for _ in range(3):
        eyes.press(field, Qt.Key.Key_Down)
    await stage.settled()
    popup = stage.window._form.dial_field.completer().popup()
    return [stage.window, *([popup] if popup else [])]


async def _called(stage: Stage) -> Sequence[QWidget]:
    await stage.signed_in()
    await stage.incoming(Party("+41 79 222 33 44", ""))
    await stage.settled()
    return [stage.window, *stage.shell.popups.shown]


SOURCES_SCENES = (
    Scene("sources-found", _found, everywhere=True, world=sources_world),
    Scene("sources-silent", _silent, everywhere=True, world=sources_world),
    Scene("sources-only-there", _only_there, world=sources_world),
    Scene("sources-nowhere", _nowhere, world=sources_world),
    Scene("sources-menu", _menu, world=sources_world),
    Scene("sources-dialling", _dialling, everywhere=True, world=sources_world),
    Scene("sources-caller-named", _called, world=sources_world),
)
