"""vCards as programs write them, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.phonebook import ContactDetails
from wwphone.domain.vcard import MAX_LINES, vcards


def details(*lines: str) -> list[ContactDetails]:
    text = "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""])
    return [card.details for card in vcards(text)]


def test_version_3_with_kinds_folds_and_escapes() -> None:
    [read] = details(
        "FN:Dr. Regula Müller", "N:Müller;Regula;Anna;Dr.;", "ORG:Müller\\, Söhne\\; Partner AG;Einkauf",
        "TEL;TYPE=HOME,VOICE:044 111", "TEL;TYPE=work;TYPE=fax:044 999", "TEL;TYPE=CELL:079 222",
        "TEL;TYPE=WORK,pref:044 333", "EMAIL;TYPE=INTERNET:a@x.ch", "item1.EMAIL;TYPE=pref:b@x.ch",
        "NOTE:erste\\nzweite \\", " Zeile", "PHOTO;ENCODING=b:AAAA",
    )  # fmt: skip
    assert read == ContactDetails(
        "Regula Anna", "Müller", "Müller, Söhne; Partner AG", "044 333", "079 222", "044 111", "b@x.ch",
        "erste\nzweite Zeile",
    )  # fmt: skip


def test_version_4_with_links_quotes_and_preferences() -> None:
    [read] = details(
        "FN:Jean Luc Picard", 'TEL;VALUE=uri;TYPE="voice,cell";PREF=2:tel:+33-6-12;ext=3',
        'tel;value=uri;type="voice,cell";pref=1:TEL:+33-6-99', "EMAIL;PREF=50:x@y", "EMAIL;PREF=1:y@y",
    )  # fmt: skip
    assert read == ContactDetails("Jean Luc", "Picard", mobile="+33-6-99", office="+33-6-12", email="y@y")


def test_version_2_words_without_names_and_a_company_alone() -> None:
    [read] = details("FN:Spital Uster", "N:;;;;", "ORG:Spital Uster", "TEL;CELL;VOICE:079", "TEL:1", "TEL:2")
    assert read == ContactDetails(company="Spital Uster", mobile="079", office="1", private="2")


@pytest.mark.parametrize(
    "text",
    [
        "", "BEGIN:VCARD\nFN:A", "FN:A\nEND:VCARD", "BEGIN:VCARD\nBEGIN:VCARD", "END:VCARD\r\r\n\n",
        "BEGIN:VCALENDAR\nFN:A\nEND:VCALENDAR",
    ],
    ids=range(6),
)  # fmt: skip
def test_what_is_no_card_is_none(text: str) -> None:
    assert list(vcards(text)) == []


def test_a_card_without_end_stops_growing() -> None:
    lines = [f"TEL:{number}" for number in range(MAX_LINES + 1000)]
    [card] = vcards("\n".join(["BEGIN:VCARD", *lines, "END:VCARD"]))
    assert len(card.lines) == MAX_LINES
    [long] = details("FN:" + "x" * 100_000)
    assert len(long.surname) == 8_000


@given(st.text(alphabet=st.sampled_from('N:;,\\"=.\r\n \tTELFNORGabTYPE\x00é'), max_size=200))
def test_no_text_raises(text: str) -> None:
    for card in vcards(f"BEGIN:VCARD\r\n{text}\r\nEND:VCARD\r\n"):
        assert isinstance(card.details, ContactDetails)
