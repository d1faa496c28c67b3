"""Names for people lose what means something to Asterisk, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wwphone.server.asterisk.configuration.escaping import display_name, token


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Zoë Müller-O'Neill, Dr.", "Zoë Müller-O'Neill, Dr."),
        ('Anna "Änni" Muster', "Anna 'Änni' Muster"),
        ("${EXTEN}; DROP <201>", "$(EXTEN), DROP (201)"),
        ("a\r\nb\tc\0d", "a b c d"),
        ("[global](!)", "(global)(!)"),
        ("\\\\", "//"),
        ("  ", "anna"),
        ("\u202eback\u2028wards", "back wards"),
        ("日本語", "日本語"),
    ],
)
def test_what_a_name_becomes(given_name: str, shown: str) -> None:
    assert display_name(given_name, "anna") == shown


@given(st.text())
@example("ü" * 100)
@example("\ud800")
def test_no_name_can_do_anything(name: str) -> None:
    shown = display_name(name, "anna")

    assert shown
    assert shown == shown.strip()
    assert shown.isprintable()
    assert not set(shown) & set('"\\;<>[]{}')
    assert len(shown.encode()) <= 60


@given(st.text())
def test_a_word_for_a_group_is_harmless_and_its_own(name: str) -> None:
    word = token(name)

    assert word == "" if not name else word.isascii()
    assert not set(word) & set(" ,;\"'$&|\n")
    assert token(name) == word


def test_different_groups_have_different_words() -> None:
    names = ["Büro", "Buro", "Büro ", "buero", "Verkauf & Co", "Verkauf, Co", "sales"]

    assert len({token(name) for name in names}) == len(names)
    assert token("sales") == "sales"
