"""LDAP messages (RFC 4511): questions into bytes, answers out of bytes; no I/O.

Filters are built as structures, never as text, so there is nothing in what people type that could be taken for a filter
(RFC 4515 escaping is for texts). The grammar comes from pyasn1-modules, where it is under its former number, RFC 2251.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1_modules import rfc2251

from wwphone.domain.sources import SourceState
from wwphone.server.sources_api import SourceFailedError

START_TLS = "1.3.6.1.4.1.1466.20037"
SUCCESS = 0
_PARTIAL = frozenset({3, 4, 11})
"""Time, size or the server's own limit exceeded: what came is right, and there is more."""
_AWAY = frozenset({51, 52})
"""Busy, unavailable."""
_LONGEST_HEADER = 6
_SHORT_LENGTH = 0x80


@dataclass(frozen=True)
class Substring:
    """An attribute that holds a text somewhere."""

    attribute: str
    text: str


@dataclass(frozen=True)
class Question:
    """A search: entries of a class for which of each group at least one condition is true."""

    base: str
    object_class: str
    groups: tuple[tuple[Substring, ...], ...]
    attributes: tuple[str, ...]
    most: int
    time_limit_s: int


@dataclass(frozen=True)
class LdapEntry:
    """One entry of the answer: texts by attribute, in small letters; what is no UTF-8 is left out."""

    attributes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class LdapResult:
    """How an operation ended."""

    code: int
    operation: str
    """The name of the answer in the grammar."""


def start_tls(message_id: int) -> bytes:
    """Ask for TLS on this connection (RFC 4511, section 4.14)."""
    request = rfc2251.ExtendedRequest()
    request["requestName"] = START_TLS
    return _message(message_id, "extendedReq", request)


def bind(message_id: int, user: str, password: str) -> bytes:
    """Say who asks; with neither user nor password: nobody in particular."""
    request = rfc2251.BindRequest()
    request["version"] = 3
    request["name"] = user.encode()
    request["authentication"]["simple"] = password.encode()
    return _message(message_id, "bindRequest", request)


def unbind(message_id: int) -> bytes:
    """Say goodbye."""
    return _message(message_id, "unbindRequest", rfc2251.UnbindRequest(""))


def search(message_id: int, question: Question) -> bytes:
    """Ask for entries below a base."""
    request = rfc2251.SearchRequest()
    request["baseObject"] = question.base.encode()
    request["scope"] = "wholeSubtree"
    request["derefAliases"] = "neverDerefAliases"
    request["sizeLimit"] = question.most
    request["timeLimit"] = question.time_limit_s
    request["typesOnly"] = False
    conditions = request["filter"]["and"]
    conditions[0]["equalityMatch"]["attributeDesc"] = "objectClass"
    conditions[0]["equalityMatch"]["assertionValue"] = question.object_class.encode()
    for place, group in enumerate(question.groups, 1):
        for number, wanted in enumerate(group):
            condition = conditions[place]["or"][number]["substrings"]
            condition["type"] = wanted.attribute
            condition["substrings"][0]["any"] = wanted.text.encode()
    for place, name in enumerate(question.attributes):
        request["attributes"][place] = name
    return _message(message_id, "searchRequest", request)


def read(data: bytes, message_id: int) -> LdapEntry | LdapResult | None:
    """Read an answer; None for a reference to another server, which is not followed. Raises SourceFailedError."""
    try:
        message, rest = decoder.decode(data, asn1Spec=rfc2251.LDAPMessage())
        operation = message["protocolOp"]
        name = operation.getName()
        if rest or int(message["messageID"]) not in (0, message_id):
            raise SourceFailedError(SourceState.BROKEN, "an answer to no question of ours")
        if name == "searchResEntry":
            return _entry(operation[name])
        if name == "searchResRef":
            return None
        if name not in ("searchResDone", "bindResponse", "extendedResp"):
            raise SourceFailedError(SourceState.BROKEN, f"{name} is no answer")
        return LdapResult(int(operation[name]["resultCode"]), name)
    except (PyAsn1Error, ValueError, RecursionError, TypeError, KeyError, IndexError) as error:
        raise SourceFailedError(SourceState.BROKEN, f"no LDAP: {type(error).__name__}") from error


def must_succeed(result: LdapResult, what: str) -> bool:
    """Return whether there is more than was sent. Raises SourceFailedError."""
    if result.code in _PARTIAL:
        return True
    if result.code == SUCCESS:
        return False
    state = SourceState.UNREACHABLE if result.code in _AWAY else SourceState.REFUSED
    raise SourceFailedError(state, f"{what}: result code {result.code}")


def length_of_header(first: bytes) -> int:
    """How many bytes the header of a message has, by its first two. Raises SourceFailedError."""
    header = 2 if first[1] < _SHORT_LENGTH else 2 + (first[1] & 0x7F)
    if first[0] != 0x30 or header > _LONGEST_HEADER or first[1] == _SHORT_LENGTH:
        raise SourceFailedError(SourceState.BROKEN, "this is no LDAP")
    return header


def length_of_body(header: bytes) -> int:
    """How many bytes follow a whole header."""
    return header[1] if len(header) == 2 else int.from_bytes(header[2:], "big")


def _entry(operation: Any) -> LdapEntry:
    found: dict[str, tuple[str, ...]] = {}
    for attribute in operation["attributes"]:
        name = bytes(attribute["type"]).decode("ascii", "replace").partition(";")[0].lower()
        found[name] = found.get(name, ()) + tuple(_texts(attribute["vals"]))
    return LdapEntry(found)


def _texts(values: Sequence[Any]) -> list[str]:
    texts = []
    for value in values:
        try:
            texts.append(bytes(value).decode())
        except UnicodeDecodeError:
            continue
    return texts


def _message(message_id: int, name: str, operation: Any) -> bytes:
    message = rfc2251.LDAPMessage()
    message["messageID"] = message_id
    message["protocolOp"][name] = operation
    return bytes(encoder.encode(message))
