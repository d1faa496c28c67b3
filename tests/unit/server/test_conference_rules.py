"""Which PINs a room may have, and whom one can call into a conference."""

from __future__ import annotations

import pytest

from wwphone.domain.calls import Party
from wwphone.server.conference_rules import checked_parties, checked_room_pin


@pytest.mark.parametrize("pin", ["", "7391", "739154", "9173528460", "1224", "20481"])
def test_pins_that_nobody_guesses_soon(pin: str) -> None:
    assert checked_room_pin(pin, ("201",)) == pin


@pytest.mark.parametrize(
    "pin",
    [
        *("739", "12345678901", "73a1", "٧٣٩١", " 7391", "7391 "),
        *("1234", "7890", "9876", "0123456789", "7777", "7373", "739739", "1999", "2048", "2010", "0102"),
    ],
)
def test_pins_that_are_none_or_guessed_soon(pin: str) -> None:
    with pytest.raises(ValueError, match=r"digits|guessed") as refusal:
        checked_room_pin(pin, ("2010",))
    assert pin.strip() not in str(refusal.value)


def test_numbers_are_called_as_they_are_dialled_and_once() -> None:
    written = (Party("+41 44 555 01 23", " Shop "), Party("tel:+41445550123", "The shop"), Party("202"))
    assert checked_parties(written, ()) == (Party("+41445550123", "Shop"), Party("202"))


@pytest.mark.parametrize(
    "party",
    [Party("400"), Party("911"), Party("700"), Party("a@b.example"), Party(""), Party("202", "x" * 201), Party("202", "a\nb")],
    ids=["room", "emergency", "parking", "SIP", "nothing", "long name", "two lines"],
)  # fmt: skip
def test_what_leads_to_nobody_is_refused_without_names(party: Party) -> None:
    with pytest.raises(ValueError, match=r"number|nobody|name") as refusal:
        checked_parties((Party("203"), party), ("400",))
    assert not party.name or party.name not in str(refusal.value)
