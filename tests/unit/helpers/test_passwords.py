from __future__ import annotations

import secrets

import pytest

from tests.helpers.passwords import plain


@pytest.mark.parametrize(
    "password",
    ["", "open-sesame", "Xy7_a.b~c+d/e=!", secrets.token_urlsafe(24)],
    ids=["none", "words", "signs", "chance"],
)
def test_a_plain_password_is_itself(password: str) -> None:
    assert plain(password) == password


@pytest.mark.parametrize("password", ["open sesame", 'a"b', "a;b", "[field0]", "a\nb", "a>b", "ä"])
def test_a_password_with_a_meaning_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(ValueError, match="cannot be given") as refusal:
        plain(password)

    assert password not in str(refusal.value)
