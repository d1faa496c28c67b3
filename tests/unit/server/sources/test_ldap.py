"""How a word may stand in a directory that knows nothing of umlauts: a bounded number of spellings."""

from __future__ import annotations

import pytest

from wwphone.server.sources.ldap import _spellings


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("muller", "müller"),
        ("MUELLER", "müller"),
        ("müller", "mueller"),
        ("goschenen", "göschenen"),
        ("bruggstossel", "brüggstössel"),
        ("zurcherhauser", "zürcherhäuser"),
        ("munsterlanderhof", "münsterländerhof"),
        ("grosse", "große"),
    ],
)
def test_what_is_typed_finds_what_is_written(typed: str, written: str) -> None:
    assert written in _spellings(typed)


def test_the_longest_word_has_no_more_spellings_than_a_short_one() -> None:
    assert len(_spellings("aou" * 33)) == len(_spellings("aoua")) == 11
    assert _spellings("xyz") == ("xyz",)
    assert _spellings("muller")[0] == "muller", "as it is typed, first of all"
