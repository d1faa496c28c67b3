"""What an import would do to a book: the same, changed, new, gone, and twice in the file."""

from __future__ import annotations

from wwphone.domain.contact_csv import CSV_FIELDS
from wwphone.domain.imports import FIELDS, ImportCounts, ImportPlan, Values, import_plan


def entry(**fields: str) -> Values:
    return tuple(fields.get(name, "") for name in FIELDS)


HANS = entry(first_name="Hans", surname="Müller", office="1", email="h@example.ch", note="nett")
ROSA = entry(first_name="Rosa", surname="Ott", mobile="2")
FIRM = entry(company="Aebi AG", office="3")
BOOK = [("h", HANS), ("r", ROSA), ("f", FIRM)]


def plan(*rows: Values, replaces_all: bool = False, known: tuple[str, ...] = CSV_FIELDS) -> ImportPlan:
    return import_plan(BOOK, rows, known, replaces_all=replaces_all)


def test_the_same_file_again_changes_nothing() -> None:
    rows = (HANS, ROSA, FIRM)
    assert plan(*rows, replaces_all=True, known=FIELDS).counts == ImportCounts(same=3)
    bare = entry(first_name="Hans", surname="Müller", office="1")
    assert plan(bare, ROSA, FIRM, replaces_all=True).counts == ImportCounts(same=3)


def test_adding_keeps_what_the_file_leaves_empty() -> None:
    found = plan(entry(first_name="hans", surname="MÜLLER", mobile="9"))
    assert found.changed == [
        (
            "h",
            entry(
                first_name="hans", surname="MÜLLER", office="1", mobile="9", email="h@example.ch", note="nett"
            ),
        )
    ]
    assert found.counts == ImportCounts(changed=1)
    assert plan(entry(first_name="Hans", surname="Müller")).counts == ImportCounts(same=1)


def test_replacing_empties_what_the_file_leaves_empty_but_not_what_it_cannot_hold() -> None:
    found = plan(entry(first_name="Hans", surname="Müller", mobile="9"), replaces_all=True)
    assert found.changed == [
        ("h", entry(first_name="Hans", surname="Müller", mobile="9", email="h@example.ch", note="nett"))
    ]
    assert sorted(found.gone) == ["f", "r"]
    whole = plan(entry(first_name="Hans", surname="Müller", mobile="9"), replaces_all=True, known=FIELDS)
    assert whole.changed == [("h", entry(first_name="Hans", surname="Müller", mobile="9"))]


def test_whoever_has_another_company_is_somebody_else() -> None:
    other = entry(first_name="Hans", surname="Müller", company="Aebi AG", office="1")
    assert plan(other).new == [other]


def test_without_a_name_the_first_number_counts() -> None:
    book = [("n", entry(office="1", mobile="2")), ("e", entry(email="A@b.ch"))]
    rows = [entry(office="1", private="5"), entry(email="a@b.ch", note="x"), entry(mobile="2")]
    found = import_plan(book, rows, FIELDS, replaces_all=False)
    assert [contact_id for contact_id, _ in found.changed] == ["n", "e"]
    assert found.new == [entry(mobile="2")]


def test_an_entry_that_stands_twice_in_the_file_counts_once() -> None:
    found = plan(FIRM, ROSA, FIRM)
    assert (found.doubles, found.same) == ([(2, 0)], 2)


def test_people_of_the_same_name_are_paired_one_by_one() -> None:
    book = [(f"{at}", entry(surname="Müller", office=f"{at}")) for at in range(3)]
    rows = [entry(surname="Müller", office=office) for office in ("1", "7", "8", "9")]
    found = import_plan(book, rows, CSV_FIELDS, replaces_all=True)
    assert found.counts == ImportCounts(new=1, changed=2, same=1)
    assert [contact_id for contact_id, _ in found.changed] == ["0", "2"]
