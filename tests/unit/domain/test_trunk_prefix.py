"""Numbers with the PBX's trunk prefix in front, and numbers that only begin like one."""

from __future__ import annotations

import shutil
import subprocess

import phonenumbers
import pytest

from wwphone.domain.trunk_prefix import LONGEST_EXPRESSION, NO_TRUNK_PREFIX, TrunkPrefix, trunk_prefix


def prefix_in(country: str, digits: str) -> TrunkPrefix:
    return trunk_prefix(digits, phonenumbers.PhoneMetadata.metadata_for_region(country))


@pytest.mark.parametrize(
    ("country", "digits", "number", "outside"),
    [
        ("CH", "0", "0445550123", "0445550123"),
        ("CH", "0", "00445550123", "0445550123"),
        ("CH", "0", "0041445550123", "0041445550123"),
        ("CH", "0", "00041445550123", "0041445550123"),
        ("CH", "0", "0+41445550123", "+41445550123"),
        ("CH", "0", "+41445550123", "+41445550123"),
        ("CH", "0", "201", "201"),
        ("CH", "0", "", ""),
        ("CH", "0", "0", "0"),
        ("CH", "9", "90445550123", "0445550123"),
        ("CH", "9", "90049301234567", "0049301234567"),
        ("CH", "9", "9445550123", "9445550123"),
        ("CH", "88", "880800800800", "0800800800"),
        ("DE", "0", "003012345678", "03012345678"),
        ("DE", "0", "0041445550123", "041445550123"),
        ("AT", "0", "0015122345", "015122345"),
        ("IT", "0", "00612345678", "0612345678"),
        ("US", "9", "9175550123", "9175550123"),
        ("US", "9", "92125550123", "2125550123"),
        ("US", "9", "912125550123", "12125550123"),
        ("US", "9", "9011493012345678", "011493012345678"),
        ("CH", "", "00445550123", "00445550123"),
    ],
)
def test_only_in_front_of_what_is_outside_beyond_doubt(
    country: str, digits: str, number: str, outside: str
) -> None:
    prefix = prefix_in(country, digits)
    assert prefix.without(number) == outside
    assert prefix.without(outside) == outside


@pytest.mark.parametrize(
    ("number", "outside"),
    [("01811", "1811"), ("0112", "112"), ("0445550123", "0445550123"), ("0", "0"), ("0041445550123", "0041445550123")],
)  # fmt: skip
def test_what_is_dialled_loses_it_also_in_front_of_short_numbers(number: str, outside: str) -> None:
    assert prefix_in("CH", "0").dialled(number) == outside
    assert NO_TRUNK_PREFIX.dialled(number) == number


def test_without_a_country_there_is_none() -> None:
    assert trunk_prefix("0", None) == NO_TRUNK_PREFIX
    assert not NO_TRUNK_PREFIX


def test_every_country_has_expressions_that_asterisk_understands() -> None:
    """They are read by regcomp, as `grep -E` does."""
    grep = shutil.which("grep")
    assert grep is not None
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        prefix = prefix_in(country, "0")
        for one in (prefix.home, prefix.abroad):
            assert 0 < len(one) <= LONGEST_EXPRESSION + 20
            assert not set(one) & set('\\";'), country
            assert "(?" not in one
        example = phonenumbers.example_number(country)
        assert example is not None
        international = f"+{example.country_code}{example.national_number}"
        asked = subprocess.run(
            [grep, "-E", prefix.abroad], input=international, capture_output=True, text=True, check=False
        )
        assert asked.stdout.strip() == international, country
    swiss = prefix_in("CH", "0")
    asked = subprocess.run(
        [grep, "-E", swiss.home], input="0445550123\n445550123\n", capture_output=True, text=True, check=False
    )
    assert asked.stdout == "0445550123\n"
