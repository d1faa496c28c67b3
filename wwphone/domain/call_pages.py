"""Addresses of pages that are opened when a call rings, is answered or ends, made from a template of the person's.

The names and numbers of a call come from strangers. So each value is percent-encoded down to RFC 3986's unreserved
characters, and stands only where it cannot choose whom the address reaches: not in scheme or host, and in `mailto:`
only in subject and body.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum
from urllib.parse import quote

MAX_TEMPLATE = 2000
"""The longest template, in characters: longer addresses are cut off by some browsers."""

PLACEHOLDERS = ("number", "name", "call_id", "direction", "event")
"""What stands between < and >."""

_MAX_VALUE = 200
_PLACEHOLDER = re.compile(r"<([^<>]*)>")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_MAIL = re.compile(r"mailto:([^?]*)", re.IGNORECASE)
_MAIL_FIELDS = ("subject", "body")
"""The only fields of RFC 6068 that a stranger's name may stand in: others choose who gets the mail."""
_LITERAL = "%/:?#[]@!$&'()*+,;="
_BEFORE_QUERY = re.compile(r"[^?#]*")


class CallMoment(Enum):
    """When a page is opened; the value is what `<event>` says."""

    RING = "ring"
    """It rings: here for a call that comes, there for one that goes out."""
    ANSWER = "answer"
    END = "end"


class TemplateProblem(Enum):
    """Why a template cannot be used."""

    NO_ADDRESS = "no_address"
    """It is no address, or holds blanks or control characters."""
    SCHEME = "scheme"
    """Something else than http, https or mailto."""
    HOST = "host"
    """Without a host, or with a user name and password in front of it."""
    PLACEHOLDER = "placeholder"
    """Something stands between < and > that is none."""
    PLACE = "place"
    """A placeholder where it would let a caller choose whom the address reaches."""
    TOO_LONG = "too_long"


class BadTemplateError(ValueError):
    """The template cannot be used; `problem` says why."""

    def __init__(self, problem: TemplateProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def check_template(template: str) -> None:
    """Raise BadTemplateError when no address can be made of this."""
    if len(template) > MAX_TEMPLATE:
        raise BadTemplateError(TemplateProblem.TOO_LONG)
    if any(character.isspace() or _is_control(character) or character in '\\"`' for character in template):
        raise BadTemplateError(TemplateProblem.NO_ADDRESS)
    scheme = _SCHEME.match(template)
    if scheme is None:
        raise BadTemplateError(TemplateProblem.NO_ADDRESS)
    if scheme[1].lower() not in ("http", "https", "mailto"):
        raise BadTemplateError(TemplateProblem.SCHEME)
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS]
    if unknown or re.search("[<>]", _PLACEHOLDER.sub("", template)):
        raise BadTemplateError(TemplateProblem.PLACEHOLDER)
    if scheme[1].lower() == "mailto":
        _check_mail(template)
    else:
        _check_web(template)


def fill_template(template: str, values: Mapping[str, str]) -> str:
    """Make the address: ASCII only, every value encoded. `values` by placeholder; a missing one is empty.

    Raises BadTemplateError.
    """
    check_template(template)
    start = _MAIL.match(template) or _WEB.match(template)
    assert start is not None
    rest = template[start.end() :]
    in_path = (_BEFORE_QUERY.match(rest) or start).end()  # the pattern always matches
    pieces, end = [start[0]], 0
    for found in _PLACEHOLDER.finditer(rest):
        pieces.append(quote(rest[end : found.start()], safe=_LITERAL))
        value = _clean(values.get(found[1], ""))
        # "." and ".." are steps in a path, encoded or not (RFC 3986, section 5.2.4; WHATWG URL).
        pieces.append(quote(value.strip(".") if found.start() < in_path else value, safe=""))
        end = found.end()
    return "".join((*pieces, quote(rest[end:], safe=_LITERAL)))


def _check_web(template: str) -> None:
    web = _WEB.match(template)
    if web is None:
        raise BadTemplateError(TemplateProblem.HOST)
    if _PLACEHOLDER.search(web[1]):
        raise BadTemplateError(TemplateProblem.PLACE)
    if not _HOST.fullmatch(web[1]):
        raise BadTemplateError(TemplateProblem.HOST)


def _check_mail(template: str) -> None:
    address, _, fields = template.partition("?")
    if _PLACEHOLDER.search(address):
        raise BadTemplateError(TemplateProblem.PLACE)
    for pair in fields.split("&"):
        name, _, value = pair.partition("=")
        if _PLACEHOLDER.search(name) or (_PLACEHOLDER.search(value) and name.lower() not in _MAIL_FIELDS):
            raise BadTemplateError(TemplateProblem.PLACE)


def _clean(value: str) -> str:
    """One line, of a sensible length, that can be encoded."""
    line = "".join(" " if _is_control(character) else character for character in value)
    return " ".join(line.split())[:_MAX_VALUE]


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
