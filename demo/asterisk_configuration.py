"""Asterisk's base configuration: the templates of ``packaging/asterisk/etc`` with their ``@PLACEHOLDERS@`` filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

GENERATED = "wwphone"
"""The folder, inside that of the configuration, which the CTI server fills."""
GENERATED_FILES = (
    "confbridge.conf",
    "extensions.conf",
    "pjsip.conf",
    "queues.conf",
    "res_parking.conf",
    "voicemail.conf",
)
"""What the base files include from there."""

_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f;\[\]\\]|^\s|\s$")


def write_configuration(templates: Path, folder: Path, values: Mapping[str, str]) -> None:
    """Fill in all templates into ``folder``, readable by this user alone, beside an existing generated folder.

    Files the CTI server has not yet written are made empty, because Asterisk refuses a file that includes a missing
    one, and does not look again for an optional one on reload. Raises ValueError for a value that cannot stand in
    Asterisk's configuration and KeyError for a placeholder without a value.
    """
    generated = folder / GENERATED
    generated.mkdir(parents=True, exist_ok=True)
    for private in (folder, generated):
        private.chmod(0o700)
    for template in sorted(templates.glob("*.conf")):
        write_private(folder / template.name, fill_in(template.read_text("utf-8"), values))
    for name in GENERATED_FILES:
        if not (generated / name).exists():
            write_private(generated / name, "; Written by the CTI server.\n")


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """Replace each ``@NAME@`` by its value. Raises as :func:`write_configuration` does."""
    for name, value in values.items():
        if any(_UNSAFE.search(line) for line in value.splitlines()):
            # Without the value, which may be a secret.
            raise ValueError(f"the value for {name} cannot stand in Asterisk's configuration")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else may read, at no moment."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
