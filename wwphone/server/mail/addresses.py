"""Addresses that people write, and that calendars and mail servers write back: taken apart, and made comparable."""

from __future__ import annotations

import functools
import re
import unicodedata

import idna

_NAMED = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<name>[^<>"]*?))\s*<\s*(?P<address>[^<>\s]+)\s*>\s*'
)
_LOCAL = re.compile(r'[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f-\x9f]+')
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_MAX_LOCAL, _MAX_DOMAIN, _MAX_LABEL, _MAX_ADDRESS = 64, 190, 63, 254
"""Octets (RFC 5321, section 4.5.3.1; RFC 1035, section 2.3.4)."""
_MAX_TEXT = 1000
"""Characters of an address with its name. Strangers write more: taking that apart would stop everything else for minutes."""


def taken_apart(text: str) -> tuple[str, str]:
    """Name and address of `name@host` or `Name <name@host>` (RFC 5322, section 3.4), the address as `canonical` has it.

    Raises ValueError when it is no address, is longer than any, or has control characters.
    """
    if len(text) > _MAX_TEXT:
        raise ValueError("no e-mail address: it is too long")
    text = text.replace("\xa0", " ").strip()
    if not _is_plain(text):
        raise ValueError("control characters in an address")
    named = _NAMED.fullmatch(text)
    if named is None:
        return "", canonical(text)
    quoted = named["quoted"]
    name = named["name"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return unicodedata.normalize("NFC", name.strip()), canonical(named["address"])


def canonical(address: str) -> str:
    """An address as everybody here writes it: its domain in its own letters, and small. Raises ValueError for what is none."""
    if len(address) > _MAX_ADDRESS:
        raise ValueError("no e-mail address: it is too long")
    local, at, domain = unicodedata.normalize("NFC", address).rpartition("@")
    ascii_domain = ascii_form(domain)
    long = len(local.encode()) > _MAX_LOCAL or len(address.encode()) > _MAX_ADDRESS
    if not at or long or not _LOCAL.fullmatch(local) or not _is_plain(local) or "" in local.split("."):
        raise ValueError("no e-mail address")
    if "." not in ascii_domain:
        raise ValueError("no e-mail address: the domain has no dot")
    return f"{local}@{_shown(ascii_domain)}"


@functools.lru_cache(maxsize=4096)
def ascii_form(domain: str) -> str:
    """A domain as mail servers know it (RFC 5891, with the mapping of UTS 46). Raises ValueError."""
    try:
        found = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
        if "xn--" in found:
            idna.decode(found)
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError("no domain") from error
    labels = found.split(".")
    if len(found) > _MAX_DOMAIN or not all(
        len(one) <= _MAX_LABEL and _LABEL.fullmatch(one) for one in labels
    ):
        raise ValueError("no domain")
    return found


@functools.lru_cache(maxsize=4096)
def _shown(ascii_domain: str) -> str:
    return idna.decode(ascii_domain) if "xn--" in ascii_domain else ascii_domain


def compared(address: str) -> str:
    """What two addresses of the same mailbox have in common: no mail server minds capitals any more."""
    return canonical(address).lower()


def _is_plain(text: str) -> bool:
    """Nothing that ends a line, turns text round or is not seen."""
    return text.isprintable() and not any(unicodedata.category(one) in ("Cf", "Cs", "Co") for one in text)
