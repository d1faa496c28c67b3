"""Settings of the sources beside the phone book: one table `[sources.NAME]` of the settings file for each.

The password comes from the environment (`WWPHONE_SOURCES_NAME_PASSWORD`, or `…_PASSWORD_FILE`), from a file of its own
(`password_file`), or from the settings file while others cannot read that.
"""

# ruff: noqa: RUF009 - `_setting` is dataclasses.field with our words, called once for each setting
from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from wwphone.domain.sources import MAX_RESULTS, MAX_SOURCES

SECTION = "sources"
_NAME = re.compile("[a-z][a-z0-9_]{0,31}")
_ATTRIBUTE = re.compile("[A-Za-z][A-Za-z0-9-]{0,63}")
_MOST_ATTRIBUTES = 20
DEFAULT_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "first_name": "givenName",
        "surname": "sn",
        "name": "cn",
        "company": "o",
        "office": "telephoneNumber",
        "mobile": "mobile",
        "private": "homePhone",
        "email": "mail",
    }
)
"""Which attribute holds what (RFC 2798, RFC 4519); `name` stands in where neither first name nor surname is given."""
DEFAULT_SEARCHED = ("cn", "sn", "givenName", "o", "telephoneNumber", "mobile", "homePhone")


class SourceSettingsError(ValueError):
    """A source's setting is missing or wrong; the text is for the administrator and never repeats a secret."""


class SourceKind(Enum):
    """What a source speaks."""

    LDAP = "ldap"
    """LDAP version 3 (RFC 4511), searched anew each time."""
    CARDDAV = "carddav"
    """One address book of a CardDAV server (RFC 6352), read by and by into memory and searched there."""


def _setting(default: Any, text: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": text})


@dataclass(frozen=True)
class SourceSettings:
    """One source. Raises SourceSettingsError."""

    source_id: str
    """The NAME of its table."""
    kind: SourceKind = _setting(None, "`ldap` or `carddav`")
    url: str = _setting(
        "", "`ldap://host` (with StartTLS) or `ldaps://host`; for CardDAV the address book's own `https://…/`"
    )
    name: str = _setting("", "What people see above its results; empty: the name of the table")
    user: str = _setting("", "Who asks: a DN for LDAP, a user name for CardDAV; empty: anonymously")
    password: str = _setting(
        "", "That user's password; better `password_file`, or the environment", secret=True
    )
    base: str = _setting("", "LDAP: the DN below which is searched")
    object_class: str = _setting("person", "LDAP: only entries of this class")
    searched: tuple[str, ...] = _setting(
        DEFAULT_SEARCHED, "LDAP: attributes in which each word is looked for"
    )
    attributes: Mapping[str, str] = field(
        default_factory=lambda: DEFAULT_ATTRIBUTES,
        metadata={"help": "LDAP: a table of its own; which attribute holds what"},
    )
    certificate_authority: Path | None = _setting(
        None, "Authority (PEM) that signed its certificate; none: those of the system"
    )
    insecure_loopback: bool = _setting(
        default=False, text="Without TLS, when the source is on this very machine. For trials only"
    )
    time_limit_s: float = _setting(3.0, "Seconds after which a question counts as unanswered; 30 at most")
    most_results: int = _setting(20, f"Entries that one search shows at most; {MAX_RESULTS} at most")
    refresh_s: float = _setting(
        900.0, "CardDAV: seconds between two readings of what has changed; 10 at least"
    )

    def __post_init__(self) -> None:
        _check(self)

    @property
    def shown_name(self) -> str:
        """What people see."""
        return self.name or self.source_id

    @property
    def address(self) -> SplitResult:
        """The parts of `url`."""
        return urlsplit(self.url)

    @property
    def encrypted(self) -> bool:
        """Whether it is asked over TLS."""
        return not self.insecure_loopback


def source_keys() -> Mapping[str, tuple[str, str]]:
    """Every setting of a source with its help and what it is unless told otherwise, in the order of declaration."""
    return {
        one.name: (
            one.metadata["help"],
            _shown(DEFAULT_ATTRIBUTES if one.default is MISSING else one.default),
        )
        for one in fields(SourceSettings)
        if "help" in one.metadata
    }


def read_sources(
    tables: Mapping[str, Any], environment: Mapping[str, str], folder: Path, *, readable_by_others: bool
) -> tuple[SourceSettings, ...]:
    """Read all tables below `[sources]`; paths are relative to `folder`. Raises SourceSettingsError."""
    if len(tables) > MAX_SOURCES:
        raise SourceSettingsError(f"there are more than {MAX_SOURCES} sources")
    found = []
    for source_id, table in tables.items():
        if not isinstance(table, dict) or not _NAME.fullmatch(source_id):
            raise SourceSettingsError(
                f"sources.{source_id} is no table with a name of small letters, digits and _, such as [sources.customers]"
            )
        if readable_by_others and "password" in table:
            raise SourceSettingsError(
                f"sources.{source_id}.password stands in a file that is readable by everybody: chmod o= it"
            )
        found.append(_source(source_id, table, environment, folder))
    return tuple(found)


def _source(
    source_id: str, table: Mapping[str, Any], environment: Mapping[str, str], folder: Path
) -> SourceSettings:
    values = dict(table)
    variable = f"WWPHONE_{SECTION}_{source_id}_PASSWORD".upper()
    if (file := environment.get(f"{variable}_FILE", values.pop("password_file", None))) is not None:
        values["password"] = _secret(folder / str(file), f"sources.{source_id}.password_file")
    if variable in environment:
        values["password"] = environment[variable]
    known = {one.name: one for one in fields(SourceSettings) if "help" in one.metadata}
    if unknown := sorted(values.keys() - known.keys()):
        raise SourceSettingsError(f"there is no setting sources.{source_id}.{unknown[0]}")
    typed = {key: _typed(f"sources.{source_id}.{key}", key, value) for key, value in values.items()}
    if typed.get("certificate_authority") is not None:
        typed["certificate_authority"] = folder / typed["certificate_authority"]
    return SourceSettings(source_id, **typed)


def _typed(key: str, name: str, value: Any) -> Any:
    """Give a value of the file its type."""
    match name, value:
        case "kind", str() if value in {kind.value for kind in SourceKind}:
            return SourceKind(value)
        case "searched", list() if all(isinstance(one, str) for one in value):
            return tuple(value)
        case "attributes", dict() if all(isinstance(one, str) for one in value.values()):
            return {**DEFAULT_ATTRIBUTES, **value}
        case "insecure_loopback", bool():
            return value
        case (("time_limit_s" | "refresh_s"), int() | float()) if not isinstance(value, bool):
            return float(value)
        case "most_results", int() if not isinstance(value, bool):
            return value
        case "certificate_authority", str():
            return Path(value)
        case (("url" | "name" | "user" | "password" | "base" | "object_class"), str()):
            return value
    raise SourceSettingsError(f"{key} cannot have this value")


def _secret(file: Path, key: str) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise SourceSettingsError(f"{key} cannot be read: {error}") from error


def _check(one: SourceSettings) -> None:
    def wrong(key: str, why: str) -> SourceSettingsError:
        return SourceSettingsError(f"sources.{one.source_id}.{key} {why}")

    if not isinstance(one.kind, SourceKind):
        raise wrong("kind", "is ldap or carddav")
    plain, encrypted = ("ldap", "ldaps") if one.kind is SourceKind.LDAP else ("http", "https")
    try:
        address = one.address
        host, port = address.hostname, address.port
    except ValueError:
        raise wrong("url", "is no address") from None
    if address.scheme not in (plain, encrypted) or not host or port == 0:
        raise wrong("url", f"begins with {plain}:// or {encrypted}:// and a host")
    if address.username is not None or address.query or address.fragment:
        raise wrong("url", "names neither a user nor a question; the user has settings of its own")
    if one.insecure_loopback and (address.scheme != plain or not _is_loopback(host)):
        raise wrong("insecure_loopback", f"is for {plain}:// on this very machine only")
    if one.kind is SourceKind.CARDDAV and one.encrypted and address.scheme != encrypted:
        raise wrong("url", f"begins with {encrypted}://")
    if one.user and not one.password:
        raise wrong("password", "is missing")  # RFC 4513, section 5.1.2: that would be an anonymous question
    if not 0 < one.time_limit_s <= 30:
        raise wrong("time_limit_s", "is more than 0 and at most 30")
    if not 0 < one.most_results <= MAX_RESULTS:
        raise wrong("most_results", f"is 1 to {MAX_RESULTS}")
    if not 10 <= one.refresh_s < 1e9:
        raise wrong("refresh_s", "is at least 10")
    _check_attributes(one)


def _check_attributes(one: SourceSettings) -> None:
    where = f"sources.{one.source_id}"
    if one.kind is SourceKind.LDAP and not one.base:
        raise SourceSettingsError(f"{where}.base is missing: the DN below which is searched")
    if unknown := sorted(set(one.attributes) - set(DEFAULT_ATTRIBUTES)):
        names = ", ".join(DEFAULT_ATTRIBUTES)
        raise SourceSettingsError(f"{where}.attributes has no {unknown[0]}; there are {names}")
    named = [*one.searched, *(name for name in one.attributes.values() if name), one.object_class]
    for name in named:
        if not _ATTRIBUTE.fullmatch(name):
            raise SourceSettingsError(f"{where}: {name!r} is no name of an attribute or class")
    if not 1 <= len(one.searched) <= _MOST_ATTRIBUTES:
        raise SourceSettingsError(f"{where}.searched names 1 to {_MOST_ATTRIBUTES} attributes")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return ", ".join(default)
    if isinstance(default, Mapping):
        return ", ".join(f"{key} = {name}" for key, name in default.items())
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)
