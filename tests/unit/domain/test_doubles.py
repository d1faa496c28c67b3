"""Doubles: which entries are alike, and what becomes of them."""

from __future__ import annotations

from wwphone.domain.doubles import MAX_MERGED, Likeness, choices, groups_of, merged
from wwphone.domain.phonebook import ContactDetails

HANS = ContactDetails("Hans", "Br\u00e4ndli", "", "+41523334455", note="Rings twice")
H_BRAENDLI = ContactDetails(
    "H.", "Br\u00e4ndli", "Br\u00e4ndli GmbH", "052 333 44 55", "+41791234567", email="hans@braendli.ch"
)
OTHERS = ContactDetails(
    "Hans", "Br\u00e4ndli", "", "+41440000001", "+41440000002", "+41440000003", "h@b.ch", "Rings twice"
)


def like(name: str = "", *lines: str, personal: bool = False) -> Likeness:
    return Likeness(personal, name, lines)


def test_entries_of_one_name_or_with_one_number_are_alike() -> None:
    entries = {
        "a": like("hans|aebi", "441234567"),
        "b": like("hans|aebi"),
        "c": like("rosa|", "441234567"),
        "d": like("rosa|", personal=True),
        "e": like("", "", "447654321"),
        "f": like("", "447654321"),
        "g": like(""),
    }
    assert groups_of(entries) == (("a", "b", "c"), ("e", "f"))


def test_one_number_in_two_fields_makes_no_double() -> None:
    assert groups_of({"a": like("hans|", "1234567", "1234567")}) == ()


def test_the_number_of_a_switchboard_makes_no_doubles() -> None:
    many = {f"{number:03}": like(f"n{number}|", "441234567") for number in range(MAX_MERGED + 1)}
    assert groups_of(many) == ()
    many.pop("000")
    assert groups_of(many) == (tuple(many),)


def test_no_group_grows_beyond_what_is_merged_at_once() -> None:
    chain = {
        f"{number:03}": like("", f"line{number}", f"line{number + 1}") for number in range(3 * MAX_MERGED)
    }
    groups = groups_of(chain)
    assert max(map(len, groups)) <= MAX_MERGED
    assert sum(map(len, groups)) == len(chain)


def test_the_first_entry_speaks_and_the_others_complete_it() -> None:
    assert merged((HANS, H_BRAENDLI)) == ContactDetails(
        "Hans",
        "Br\u00e4ndli",
        "Br\u00e4ndli GmbH",
        "+41523334455",
        "+41791234567",
        "",
        "hans@braendli.ch",
        "Rings twice",
    )


def test_no_number_and_no_address_is_lost() -> None:
    one = merged((HANS, H_BRAENDLI, OTHERS))
    assert (one.office, one.mobile, one.private) == ("+41523334455", "+41791234567", "+41440000003")
    assert one.note.splitlines() == ["Rings twice", "+41440000001", "+41440000002", "h@b.ch"]


def test_each_field_can_be_chosen_from_what_any_entry_holds() -> None:
    assert choices((HANS, H_BRAENDLI, OTHERS), "first_name") == ("Hans", "H.")
    assert choices((HANS, H_BRAENDLI, OTHERS), "office") == ("+41523334455", "+41440000001")
