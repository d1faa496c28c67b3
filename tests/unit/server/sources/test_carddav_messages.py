"""CardDAV's XML: what is gone, what changed, where it goes on; and XML that is a weapon."""

from __future__ import annotations

import pytest

from wwphone.server.sources import carddav_messages as messages
from wwphone.server.sources.carddav_messages import Multistatus, Resource
from wwphone.server.sources_api import SourceFailedError

HEAD = '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    '<D:multistatus xmlns:D="DAV:">&c;</D:multistatus>'
)
FILE = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><D:multistatus xmlns:D="DAV:">&x;</D:multistatus>'
)


def response(href: str, inside: str) -> str:
    return f"<D:response><D:href>{href}</D:href>{inside}</D:response>"


def prop(inside: str, status: str = "200 OK") -> str:
    return f"<D:propstat><D:prop>{inside}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"


def test_changes_are_read_with_what_is_gone_and_where_it_goes_on() -> None:
    card = prop('<D:getetag>"1"</D:getetag><C:address-data>BEGIN:VCARD&#13;</C:address-data>')
    text = HEAD + "".join(
        [
            response("/book/", prop("<D:getetag/>", "404 Not Found")),
            response("/book/a.vcf", prop("<C:x/>", "404 Not Found") + card),
            response("/book/b.vcf", "<D:status>HTTP/1.1 404 Not Found</D:status>"),
            response("/book/" + "x" * 2000, card),
            response("/book", "<D:status>HTTP/1.1 507 Insufficient Storage</D:status>"),
            "<D:sync-token>urn:2</D:sync-token></D:multistatus>",
        ]
    )
    expected = (Resource("/book/a.vcf", '"1"', "BEGIN:VCARD"), Resource("/book/b.vcf", gone=True))
    assert messages.read(text.encode(), "/book/") == Multistatus(expected, "urn:2", more=True)


@pytest.mark.parametrize(
    "text",
    [BOMB, FILE, "", "<html/>", "no XML", HEAD, '<?xml version="1.0" encoding="evil"?><a/>', "<a>" * 5000],
    ids=["bomb", "file", "empty", "html", "text", "cut", "encoding", "deep"],
)
def test_anything_else_is_a_broken_source(text: str) -> None:
    with pytest.raises(SourceFailedError):
        messages.read(text.encode(), "/book/")


def test_what_servers_say_is_escaped_when_it_is_said_back() -> None:
    assert "<D:sync-token>a&lt;/x&gt;&amp;</D:sync-token>" in messages.changes_since("a</x>&")
    assert "<D:href>/a&lt;b&gt;</D:href>" in messages.cards(["/a<b>"])
