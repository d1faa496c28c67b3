"""Password hashes: right ones fit, others do not, and nothing is said too fast."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tests.helpers.server_parts import cheap_passwords
from wwphone.server.services.passwords import (
    MAX_LENGTH,
    MIN_LENGTH,
    Passwords,
    check_new_password,
    generated_password,
    quick_hash,
)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    cheap = cheap_passwords()
    yield cheap
    cheap.shutdown()


async def test_the_right_password_fits_and_no_other(passwords: Passwords) -> None:
    kept = await passwords.hash("Grüezi mitenand")
    assert await passwords.fits(kept, "Grüezi mitenand")
    for wrong in ("grüezi mitenand", "Grüezi mitenan", "", "Grüezi mitenand "):
        assert not await passwords.fits(kept, wrong)


async def test_the_same_letters_fit_however_a_keyboard_makes_them(passwords: Passwords) -> None:
    kept = await passwords.hash(unicodedata.normalize("NFD", "Zürich-Höngg"))
    assert await passwords.fits(kept, unicodedata.normalize("NFC", "Zürich-Höngg"))


async def test_two_hashes_of_one_password_differ(passwords: Passwords) -> None:
    assert await passwords.hash("same password") != await passwords.hash("same password")


async def test_nobody_and_damaged_hashes_fit_nothing(passwords: Passwords) -> None:
    assert not await passwords.fits(None, "anything")
    assert not await passwords.fits("", "anything")
    assert not await passwords.fits("$argon2id$damaged", "anything")


async def test_the_product_uses_argon2id_with_the_parameters_of_rfc_9106() -> None:
    passwords = Passwords()
    assert (await passwords.hash("a password")).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    passwords.shutdown()


class CountingHasher(PasswordHasher):
    """Notes the parameters of every hash that was checked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - as in the library
        self.checked.append(str(hash).rpartition("$")[0].rpartition("$")[0])
        return super().verify(hash, password)


async def test_an_unknown_user_costs_the_same_work_as_a_wrong_password() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    kept = passwords.hash_now("right password")
    await passwords.fits(kept, "wrong password")
    await passwords.fits(None, "wrong password")
    passwords.shutdown()
    assert hasher.checked == 2 * ["$argon2id$v=19$m=8,t=1,p=1"]


def test_generated_passwords_are_good_and_differ() -> None:
    made = {generated_password() for _ in range(100)}
    assert len(made) == 100
    assert all(check_new_password(one) and one.isalnum() for one in made)


async def test_a_quick_hash_fits_and_says_how_it_was_made(passwords: Passwords) -> None:
    kept = quick_hash("made by a machine")
    assert kept.startswith("$argon2id$v=19$m=8192,t=1,p=1$")
    assert await passwords.fits(kept, "made by a machine")
    assert not await passwords.fits(kept, "made by a person")


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "x" * (MIN_LENGTH - 1),
        "x" * MIN_LENGTH,
        "abcabcabcabc",
        "a" * MAX_LENGTH + "bcd",
        "tab\tin password",
    ],
)
def test_weak_passwords_are_refused_without_being_repeated(weak: str) -> None:
    with pytest.raises(ValueError, match="a password has") as refusal:
        check_new_password(weak)
    assert not weak or weak not in str(refusal.value)
