"""A hundred thousand entries: from the key press to the painted rows within one frame of a screen."""

from __future__ import annotations

import functools
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.gui import eyes
from tests.gui.contacts import phone_book
from tests.gui.stage import Stage
from tests.gui.world import ME, World
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.config.phonebook import BookMark, PhoneBookCache
from wwphone.domain.calls import Party
from wwphone.domain.phonebook import Contact, ContactDetails
from wwphone.gui.widgets.contact_list import ContactList

ENTRIES = 100_000
FRAME_MS = 16.7
BLOCKED_MS = 50.0
"""The window is never blocked for longer."""
_SCREENS = 40
_CHUNK = 5_000
_FIRST = (
    "Hans",
    "Anita",
    "Özgür",
    "Barbara",
    "Reto",
    "Silvia",
    "Jürg",
    "Käthi",
    "Pierre",
    "Ursula",
    "Sören",
    "Regula",
)
_SYLLABLES = ("mül", "brän", "kel", "ler", "hof", "stet", "ober", "holz", "zgrag", "gen", "fäss", "lin", "am", "mann", "sut", "ter")  # fmt: skip
_COMPANIES = tuple(
    f"{first}{second}"
    for first in ("Haus", "Garten", "Treu", "Elektro", "Metall", "Holz", "Bau", "Druck")
    for second in ("technik", "bau", "hand", "werke", "handel", "planung")
)
_TYPED = (
    "mueller", "brän hans", "hofer reto", "79", "0443", "treuhand amm", "käthi zgr", "metallbau 41", "sutter", "özg",
    "912", "holzhandel ober", "a", "e", "hausbau 4479", "fässler ursula", "dru", "kellerhof", "holzgen 41 b", "xyz",
    "hans example.ch",
)  # fmt: skip


def entries() -> list[Contact]:
    """Entries as a large firm has them."""
    chance = random.Random(3)
    now = datetime(2026, 3, 2, 7, tzinfo=UTC)
    made = []
    for number in range(ENTRIES):
        surname = "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3)))).capitalize()
        details = ContactDetails(
            chance.choice(_FIRST),
            surname,
            f"{chance.choice(_COMPANIES)} {surname} AG",
            f"+4144{chance.randrange(10**7):07}",
            f"+4179{chance.randrange(10**7):07}" if number % 3 == 0 else "",
            email=f"{number}@example.ch",
        )
        made.append(Contact(f"c{number}", number % 50 == 0, details, number + 1, "beat", now))
    return made


async def fill(stage: Stage, cache: PhoneBookCache) -> list[Contact]:
    """Put the entries into the cache's file."""
    made = entries()
    for first in range(0, ENTRIES, _CHUNK):
        await cache.stage(made[first : first + _CHUNK], ())
    await cache.finish(BookMark(ME, "book", 0), fresh=True)
    stage.world.services.phonebook.changed.tell(None)
    await stage.settled()
    return made


async def test_a_key_press_is_painted_within_a_frame_and_the_list_scrolls_on(
    qapp: object, tmp_path: Path
) -> None:
    cache = PhoneBookCache(tmp_path / "phonebook.db")
    world = World(phonebook=cache)
    world.link.phonebook.open()
    async with Stage("en", "light", world) as stage:
        await phone_book(stage)
        made = await fill(stage, cache)
        assert stage.world.services.phonebook.count == ENTRIES
        _search(stage)
        _name(stage, made[777])
        await _scroll(stage)


def _search(stage: Stage) -> None:
    """Type, and see the rows each time; what counts is the processor's time, since others use the machine too."""
    panel = stage.window.phonebook
    costs: list[tuple[float, str]] = []
    for text in _TYPED:
        for end in range(1, len(text) + 1):
            began_s = time.process_time()
            eyes.type_into(panel._form.search, text[end - 1])
            panel.list.viewport().repaint()
            costs.append(((time.process_time() - began_s) * 1000, text[:end]))
        panel._form.search.clear()
    costs.sort()
    half, most = costs[len(costs) // 2], costs[int(len(costs) * 0.99)]
    print(f"{len(costs)} keys: half within {half[0]:.1f} ms, p99 {most[0]:.1f} ms; slowest {costs[-5:]}")
    assert most[0] <= FRAME_MS * SECONDS, f"p99 is {most[0]:.1f} ms; slowest {costs[-5:]}"


def _name(stage: Stage, contact: Contact) -> None:
    """A caller has a name before the first frame."""
    names = stage.world.services.names
    began_s = time.process_time()
    named = names.named(Party(contact.details.office))
    cost_ms = (time.process_time() - began_s) * 1000
    print(f"a number has its name after {cost_ms:.2f} ms")
    assert named.name
    assert cost_ms <= FRAME_MS * SECONDS


async def _scroll(stage: Stage) -> None:
    """Go to the end of what is there, again and again: each time there is more."""
    view = stage.window.phonebook.list
    costs_ms: list[float] = []
    for _ in range(_SCREENS):
        rows = view.model().rowCount()
        began_s = time.process_time()
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
        view.viewport().repaint()
        costs_ms.append((time.process_time() - began_s) * 1000)
        await wait_until_async(functools.partial(_longer_than, view, rows), "the next page")
    print(f"{view.model().rowCount()} rows scrolled: slowest {max(costs_ms):.1f} ms")
    assert max(costs_ms) <= BLOCKED_MS * SECONDS


def _longer_than(view: ContactList, rows: int) -> bool:
    return view.model().rowCount() > rows
