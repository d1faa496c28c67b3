"""Reading the settings from a TOML file and from the environment.

`listener.port` stands in the file as `port` in the table `[listener]`, and in the environment as `WWPHONE_LISTENER_PORT`;
the environment wins. A secret also comes from a file of its own: `pbx.ami_secret_file`, `WWPHONE_PBX_AMI_SECRET_FILE`.
No setting is ever an argument of the command line, where every user of the machine could read it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wwphone.domain.account import Transport
from wwphone.domain.mail import MailEncryption
from wwphone.server.settings import ServerSettings, SettingsError, declared_settings
from wwphone.server.source_settings import SECTION, SourceSettings, SourceSettingsError, read_sources

ENVIRONMENT_PREFIX = "WWPHONE_"
_MOST_BYTES = 1024 * 1024
_SECRET_FILES = frozenset(
    f"{one.metadata['key']}_file" for one in declared_settings() if one.metadata["secret"]
)
_PATHS = _SECRET_FILES | {one.metadata["key"] for one in declared_settings() if "Path" in str(one.type)}
_NEVER_IN_FILE = ("mail.password", "answers.password")
"""Often a person's own, good for more than our mail."""
_SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class SettingInfo:
    """One setting as the documentation shows it."""

    key: str
    environment: str
    default: str
    help: str
    secret: bool


def all_settings() -> tuple[SettingInfo, ...]:
    """Every setting, in the order of their declaration."""
    return tuple(
        SettingInfo(
            one.metadata["key"],
            _variable(one.metadata["key"]),
            _shown(one.default),
            one.metadata["help"],
            one.metadata["secret"],
        )
        for one in declared_settings()
    )


def load_settings(file: Path | None, environment: Mapping[str, str] = os.environ) -> ServerSettings:
    """Read the file, then the environment. Raises SettingsError."""
    found: dict[str, Any] = {}
    sources: tuple[SourceSettings, ...] = ()
    if file is not None:
        found, sources = _from_file(file, environment)
    known = {one.metadata["key"]: one for one in declared_settings()}
    for key in known.keys() | _SECRET_FILES:
        if (text := environment.get(_variable(key))) is not None:
            found.pop(key.removesuffix("_file") if key in _SECRET_FILES else f"{key}_file", None)
            found[key] = text
    for key in sorted(found.keys() & _SECRET_FILES):
        found[key.removesuffix("_file")] = _secret_from(Path(str(found.pop(key))), key)
    if unknown := sorted(found.keys() - known.keys()):
        raise SettingsError(f"there is no setting {', '.join(unknown)}")
    values = {
        known[key].name: _converted(key, known[key].default, str(known[key].type), value)
        for key, value in found.items()
    }
    return ServerSettings(**values, sources=sources)


def _from_file(
    file: Path, environment: Mapping[str, str]
) -> tuple[dict[str, Any], tuple[SourceSettings, ...]]:
    try:
        with file.open("rb") as stream:
            parsed = tomllib.loads(stream.read(_MOST_BYTES).decode())
            mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError) as error:
        raise SettingsError(f"the settings file {file} cannot be read: {error}") from error
    readable_by_others = os.name == "posix" and bool(mode & 0o007)
    found: dict[str, Any] = {}
    sources = _sources(parsed.pop(SECTION, {}), environment, file, readable_by_others=readable_by_others)
    for section, content in parsed.items():
        if not isinstance(content, dict):
            raise SettingsError(f"{section} in {file} stands outside a table such as [listener]")
        found.update({f"{section}.{name}": value for name, value in content.items()})
    for key in _NEVER_IN_FILE:
        if key in found:
            raise SettingsError(f"{file} holds {key}: set {_variable(key)} instead")
    if readable_by_others:
        _refuse_secrets(found, file)
    relative = {
        key: str(file.parent / str(value)) if key in _PATHS else value for key, value in found.items()
    }
    return relative, sources


def _sources(
    tables: Any, environment: Mapping[str, str], file: Path, *, readable_by_others: bool
) -> tuple[SourceSettings, ...]:
    if not isinstance(tables, dict):
        raise SettingsError(f"{SECTION} in {file} stands outside a table such as [{SECTION}.customers]")
    try:
        return read_sources(tables, environment, file.parent, readable_by_others=readable_by_others)
    except SourceSettingsError as error:
        raise SettingsError(str(error)) from error


def _refuse_secrets(found: Mapping[str, Any], file: Path) -> None:
    secret = {one.key for one in all_settings() if one.secret and one.key in found}
    if "@" not in str(found.get("store.url", "")):
        secret.discard("store.url")  # without a password in it
    if secret:
        names = ", ".join(sorted(secret))
        raise SettingsError(f"{file} holds {names} and is readable by everybody: chmod o= {file}")


def _secret_from(file: Path, key: str) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{key} cannot be read: {error}") from error


def _converted(key: str, default: Any, kind: str, value: Any) -> Any:
    """Give a value its type; texts come from the environment, anything from the file."""
    try:
        if kind == "bool":
            return value if isinstance(value, bool) else _SWITCH[str(value).lower()]
        if isinstance(value, bool | list | dict):
            raise ValueError("of another kind")  # noqa: TRY004 - one kind of error below
        if isinstance(default, Transport | MailEncryption):
            return type(default)(str(value).lower())
        if kind == "int":
            return int(str(value))
        if kind == "float":
            return float(value)
        return Path(str(value)) if "Path" in kind else str(value)
    except (ValueError, KeyError):
        raise SettingsError(f"{key} cannot have this value") from None


def _variable(key: str) -> str:
    return ENVIRONMENT_PREFIX + key.replace(".", "_").upper()


def _shown(default: Any) -> str:
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return default.value if isinstance(default, Transport | MailEncryption) else str(default)
