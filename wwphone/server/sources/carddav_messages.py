"""What is asked of a CardDAV server and what it answers (RFC 6352, RFC 6578, RFC 4918): XML, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from wwphone.domain.sources import SourceState
from wwphone.server.sources_api import SourceFailedError

_DAV = "{DAV:}"
_CARDDAV = "{urn:ietf:params:xml:ns:carddav}"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_MOST_TOKEN = 2000
_MOST_HREF = 1000

TAGS_OF_ALL = f'{_HEAD}<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
"""PROPFIND with `Depth: 1`: the tag of each card, from a server that knows no RFC 6578."""


@dataclass(frozen=True)
class Resource:
    """One line of an answer: a card, or that it is gone."""

    href: str
    tag: str = ""
    """Its ETag; another one: the card has changed."""
    card: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Multistatus:
    """A whole answer."""

    resources: tuple[Resource, ...]
    token: str = ""
    """What to ask on with (RFC 6578)."""
    more: bool = False
    """The server has cut it short; ask on with the token."""


def changes_since(token: str) -> str:
    """REPORT sync-collection: what changed since a token; with none, everything there is."""
    return (
        f'{_HEAD}<D:sync-collection xmlns:D="DAV:"><D:sync-token>{escape(token)}</D:sync-token>'
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    )


def cards(hrefs: Iterable[str]) -> str:
    """REPORT addressbook-multiget: some cards, of each only what the phone book shows."""
    wanted = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
    return (
        f'{_HEAD}<C:addressbook-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
        f"<D:prop><D:getetag/><C:address-data/></D:prop>{wanted}</C:addressbook-multiget>"
    )


def read(data: bytes, own_path: str) -> Multistatus:
    """Read an answer about the collection at `own_path`. Raises SourceFailedError."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise SourceFailedError(SourceState.BROKEN, f"no XML of ours: {type(error).__name__}") from error
    if root.tag != f"{_DAV}multistatus":
        raise SourceFailedError(SourceState.BROKEN, "no multistatus")
    resources: list[Resource] = []
    more = False
    for response in root.iter(f"{_DAV}response"):
        href = _text(response, f"{_DAV}href")
        status = _text(response, f"{_DAV}status")
        if href.rstrip("/") == own_path.rstrip("/"):
            more = more or " 507" in status
        elif href and len(href) <= _MOST_HREF:
            resources += _resources(response, href, status)
    return Multistatus(tuple(resources), _text(root, f"{_DAV}sync-token")[:_MOST_TOKEN], more)


def _resources(response: Any, href: str, status: str) -> Iterator[Resource]:
    if " 404" in status:
        yield Resource(href, gone=True)
        return
    for found in response.iter(f"{_DAV}propstat"):
        if " 200" in _text(found, f"{_DAV}status"):
            tag = card = ""
            for prop in found.iter(f"{_DAV}prop"):
                tag = _text(prop, f"{_DAV}getetag") or tag
                card = _text(prop, f"{_CARDDAV}address-data") or card
            yield Resource(href, tag, card)
            return


def _text(element: Any, name: str) -> str:
    found = element.find(name)
    return (found.text or "").strip() if found is not None else ""
