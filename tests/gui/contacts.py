"""A phone book for tests and pictures of the window, and the waiting until the client has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tests.gui.stage import COMPACT, Stage
from tests.gui.world import World, company
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right
from wwphone.domain.phonebook import ContactDetails

MUELLER_AG = ContactDetails(
    company="Müller & Söhne AG", office="+41442681212", email="info@mueller-soehne.ch", note="Mo–Fr 7–17 Uhr"
)
HANS = ContactDetails(
    "Hans", "Brändli", "Brändli Haustechnik GmbH", "+41523334455", "+41791234567", email="hans@braendli.ch"
)
ANITA = ContactDetails(
    "Anita", "Oberholzer", "Gemeinde Wetzikon", "+41449312345", "+41781112233", "+41449320000"
)
PIERRE = ContactDetails("Pierre", "Dupont", mobile="+33612345678")
DENTIST = ContactDetails("Zahnarzt", "Keller", private="+41433001122", note="Alle sechs Monate")
EVERYBODYS = (
    MUELLER_AG,
    HANS,
    ANITA,
    ContactDetails("Özgür", "Yılmaz", "Anadolu Teknik Ticaret A.Ş.", "+902123456789"),
    ContactDetails("Barbara", "Zgraggen", "Urner Kantonalbank", "+41418756000", "+41795556677"),
    ContactDetails(
        "Maximilian-Alexander", "Freiherr von Hohenstein-Wartenburg",
        "Vereinigte Hohensteinische Verwaltungsgesellschaft mbH & Co. KG", "+498912345678", "+4915112345678",
    ),
    ContactDetails(company="Spital Uster", office="+41449111111"),
    ContactDetails("Reto", "Ammann", "Ammann Gartenbau", "+41552401010"),
    ContactDetails("Silvia", "Egli", "Druckerei Egli", "+41444500000", email="egli@druckerei-egli.ch"),
)  # fmt: skip
OWN = (PIERRE, DENTIST)


def book_world(
    everybodys: Iterable[ContactDetails] = EVERYBODYS,
    own: Iterable[ContactDetails] = OWN,
    *,
    manages: bool = True,
) -> World:
    """A company with a phone book; `manages`: Anna Muster may change everybody's entries."""
    rights = frozenset({Right.CTI_ACCESS, *([Right.MANAGE_PHONEBOOK] if manages else [])})
    profile = company().profile
    assert profile is not None
    world = World(company(profile=replace(profile, rights=rights)))
    world.link.phonebook.open(everybodys, own)
    return world


async def filled(stage: Stage) -> None:
    """Wait until the client has the server's phone book."""
    wanted = len(stage.world.link.phonebook.contacts)
    book = stage.world.services.phonebook
    await wait_until_async(
        lambda: book._mark is not None and book.count == wanted and not book.filling,
        "the phone book to be there",
    )
    await stage.settled()


async def phone_book(stage: Stage, size: tuple[int, int] = COMPACT) -> None:
    """Sign in and show the panel."""
    await stage.signed_in(size)
    await filled(stage)
    stage.window._form.phonebook_button.click()
    await stage.settled()
