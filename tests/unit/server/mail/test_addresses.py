"""Addresses that people write: taken apart, comparable, and nothing else let through."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.server.mail.test_composing import letter
from wwphone.server.mail.addresses import compared, taken_apart
from wwphone.server.mail.composing import compose


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("anna@muster.example", "", "anna@muster.example"),
        (" Hans Müller <Hans@Mueller.Example> ", "Hans Müller", "Hans@mueller.example"),
        ('"Müller, \\"HM\\" Hans" <h@x.example>', 'Müller, "HM" Hans', "h@x.example"),
        ("<h@x.example>", "", "h@x.example"),
        ("h@xn--mller-kva.example", "", "h@müller.example"),
        ("h@MÜLLER.example", "", "h@müller.example"),
        ("h@straße.example", "", "h@straße.example"),
        ("jürg@example.net", "", "jürg@example.net"),
        ("Ju\u0308rg\u00a0M <j@x.example>", "Jürg M", "j@x.example"),
    ],
)  # fmt: skip
def test_names_and_addresses(text: str, name: str, address: str) -> None:
    assert taken_apart(text) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "@x.example", "anna@", "anna@muster", "a b@x.example", "a@b@x.example", "a..b@x.example", ".a@x.example",
        "a@x..example", "a@-x.example", "a@x_y.example", "a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example",
        "A\nBcc: b@x.example <a@x.example>", "a@x.example\0", "\u202ea@x.example", "a@xn--999999999.example", "a@☃.example",
        f"a{' ' * 250_000}b", f"{'a ' * 500} <a@x.example>", f"{'a' * 65}@x.example", f"a@{'x' * 64}.example", f"a@{'x.' * 100}example", "<a@x.example> <b@x.example>", '"a" b <a@x.example',
    ],
    ids=lambda text: repr(text[:40]),
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain"):
        taken_apart(text)


def test_capitals_and_ways_of_writing_a_domain_make_no_other_mailbox() -> None:
    assert compared("Anna@XN--MLLER-KVA.example") == compared("anna@Müller.example") == "anna@müller.example"
    assert compared("a@straße.example") != compared("a@strasse.example")


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_what_is_let_through_can_be_sent_to_and_is_one_address(name: str, local: str) -> None:
    for text in (
        f'"{name}" <{local}@x.example>',
        f"{name} <{local}@x.example>",
        f"{local}@{name}.example",
    ):
        try:
            found, address = taken_apart(text)
        except ValueError:
            continue
        composed = compose(letter(recipient=address, recipient_name=found), "phone@example.net", "")
        assert composed.recipient.count("@") == 1
