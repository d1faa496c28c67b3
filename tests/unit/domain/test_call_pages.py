"""Addresses made of strangers' names: whatever they are called, the address stays the person's own."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.call_pages import (
    MAX_TEMPLATE,
    BadTemplateError,
    TemplateProblem,
    check_template,
    fill_template,
)

CRM = "https://crm.example.ch:8443/find?q=<number>&who=<name>&id=<call_id>&way=<direction>&on=<event>#top"
VALUES = {
    "number": "+41442681212",
    "name": "Müller & Söhne",
    "call_id": "5e0c",
    "direction": "incoming",
    "event": "ring",
}
P = TemplateProblem


def test_every_placeholder() -> None:
    assert fill_template(CRM, VALUES) == (
        "https://crm.example.ch:8443/find?q=%2B41442681212&who=M%C3%BCller%20%26%20S%C3%B6hne"
        "&id=5e0c&way=incoming&on=ring#top"
    )


@pytest.mark.parametrize(
    "name",
    [
        "x&admin=1",
        "x#fragment",
        "x?y=z",
        "x\r\nHost: evil.example",
        "../../delete",
        "<script>alert(1)</script>",
        "<number>",
        "%26admin%3D1",
        "javascript:alert(1)",
        "'; rm -rf ~; '",
        "$(reboot)`reboot`",
        "\u202egnp.exe",
        'a+b=c;d,e@f:g/h\\i|j"k',
        "\ud800",
    ],
)
def test_a_hostile_name_stays_inside_its_place(name: str) -> None:
    parts = urlsplit(fill_template(CRM, {**VALUES, "name": name}))
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == (
        "https",
        "crm.example.ch:8443",
        "/find",
        "top",
    )
    fields = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
    assert sorted(fields) == ["id", "on", "q", "way", "who"]
    assert all(len(values) == 1 for values in fields.values())


@given(name=st.text(max_size=300), number=st.text(max_size=40))
def test_no_text_at_all_breaks_out(name: str, number: str) -> None:
    filled = fill_template(
        "https://crm.example.ch/people/<name>/calls?n=<number>#<name>", {"name": name, "number": number}
    )
    assert filled.isascii()
    assert filled.isprintable()
    assert not set(filled) & set(" <>\"'`\\{}|^")
    parts = urlsplit(filled)
    assert parts.netloc == "crm.example.ch"
    assert parts.path.count("/") == 3
    assert parts.path.split("/")[2] not in (".", "..")
    assert parts.query.count("=") == 1
    assert "&" not in parts.query


@pytest.mark.parametrize("name", [".", "..", "...", " .. "])
def test_dots_climb_no_path(name: str) -> None:
    assert fill_template("https://crm.example.ch/a/<name>/b", {"name": name}) == "https://crm.example.ch/a//b"
    assert fill_template("https://crm.example.ch/?n=<name>", {"name": name}).endswith(f"n={name.strip()}")


def test_mail() -> None:
    filled = fill_template(
        "mailto:desk@example.ch?subject=Call%20of%20<name>&body=<number>",
        {**VALUES, "name": "A&bcc=x@y\nBcc: z"},
    )
    address, _, fields = filled.partition("?")
    assert address == "mailto:desk@example.ch"
    assert sorted(parse_qs(fields)) == ["body", "subject"]
    assert "%0A" not in filled.upper()
    assert "\n" not in unquote(filled)


def test_the_persons_own_letters_are_encoded_too() -> None:
    assert fill_template("https://crm.example.ch/büro?a=ü&b=1%20x", {}) == (
        "https://crm.example.ch/b%C3%BCro?a=%C3%BC&b=1%20x"
    )


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("", P.NO_ADDRESS),
        ("crm.example.ch/<number>", P.NO_ADDRESS),
        ("https://crm.example.ch/?a= b", P.NO_ADDRESS),
        ("https://crm.example.ch/\x00", P.NO_ADDRESS),
        ("https://crm.example.ch\\@evil.example/", P.NO_ADDRESS),
        ("tel:<number>", P.SCHEME),
        ("file:///etc/passwd", P.SCHEME),
        ("javascript:alert('<name>')", P.SCHEME),
        ("ftp://crm.example.ch/<name>", P.SCHEME),
        ("https:<name>", P.HOST),
        ("https:///<name>", P.HOST),
        ("https://?n=<number>", P.HOST),
        ("https://anna:secret@crm.example.ch/", P.HOST),
        ("https://crm.example.ch:port/", P.HOST),
        ("https://<name>/", P.PLACE),
        ("https://<name>.example.ch/", P.PLACE),
        ("https://crm.example.ch<name>", P.PLACE),
        ("https://crm.example.ch:<number>/", P.PLACE),
        ("mailto:<name>", P.PLACE),
        ("mailto:a@b.ch?to=<name>", P.PLACE),
        ("mailto:a@b.ch?subject=x&bcc=<name>", P.PLACE),
        ("mailto:a@b.ch?<name>=x", P.PLACE),
        ("https://crm.example.ch/?n=<phone>", P.PLACEHOLDER),
        ("https://crm.example.ch/?n=<Number>", P.PLACEHOLDER),
        ("https://crm.example.ch/?n=<number", P.PLACEHOLDER),
        ("https://crm.example.ch/?n=number>", P.PLACEHOLDER),
        ("https://crm.example.ch/?n=<<number>>", P.PLACEHOLDER),
        ("https://crm.example.ch/" + "x" * MAX_TEMPLATE, P.TOO_LONG),
    ],
)
def test_what_no_address_can_be_made_of(template: str, problem: TemplateProblem) -> None:
    with pytest.raises(BadTemplateError) as refused:
        check_template(template)
    assert refused.value.problem is problem
    with pytest.raises(BadTemplateError):
        fill_template(template, VALUES)


@pytest.mark.parametrize(
    "template",
    [
        "http://localhost",
        "HTTPS://[::1]:8443/?n=<number>",
        "mailto:?subject=<name>",
        "https://büro.example/<name>",
    ],
)
def test_what_can_be_used(template: str) -> None:
    check_template(template)
