"""Write docs/libraries.md: every locked library with its licence, as its own metadata states it.

`python docs/make_libraries.py` in the project's environment; a test compares the page with the lock file.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "libraries.md"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")

ELSEWHERE = {
    # Locked for other systems only, so not installed here to be asked.
    "colorama": "BSD-3-Clause",
    "pywin32-ctypes": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
UNSAID = {
    # Its metadata names no licence; the file COPYING in its wheel does.
    "imapclient": "BSD-3-Clause",
}
BUNDLED = (
    ("PJSIP (pjproject)", "GPL-2.0-or-later", "voice; built by packaging/pjsua2"),
    ("Opus", "BSD-3-Clause", "codec, inside the pjsua2 wheel"),
    ("libsrtp", "BSD-3-Clause", "SRTP, inside the pjsua2 wheel"),
    ("OpenSSL 3", "Apache-2.0", "TLS, inside the pjsua2 wheel"),
    ("Speex, SpeexDSP", "BSD-3-Clause", "codec and resampling, inside the pjsua2 wheel"),
    ("GSM 06.10", "TU-Berlin-2.0", "codec, inside the pjsua2 wheel"),
    ("WebRTC AEC3", "BSD-3-Clause", "echo cancellation, inside the pjsua2 wheel"),
    ("Material Design Icons", "Apache-2.0", "icons, inside QtAwesome"),
    ("Asterisk", "GPL-2.0-only", "the PBX: a program of its own, reached over SIP and AMI"),
)


def locked() -> dict[str, str]:
    """Names and versions in requirements.lock; of a library locked twice, the first."""
    found: dict[str, str] = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if match := _LOCKED.match(line):
            found.setdefault(match[1].lower(), match[2])
    return found


def licence(name: str) -> str:
    """The licence in the library's own words: its SPDX expression, else its classifiers, else its licence field."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ELSEWHERE[name]
    expressions = about.get_all("License-Expression") or []
    if expressions:
        return str(expressions[0])
    classifiers = [
        str(text).rpartition(" :: ")[2] for text in about.get_all("Classifier") or [] if "License ::" in text
    ]
    named = [text for text in classifiers if text != "OSI Approved"]
    fields = [str(text) for text in about.get_all("License") or [""]]
    return ", ".join(named) or UNSAID.get(name) or fields[0].splitlines()[0]


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {version} | {licence(name)} |" for name, version in sorted(locked().items())]
    inside = [f"| {name} | {terms} | {what} |" for name, terms, what in BUNDLED]
    return "\n".join(
        [
            "# Libraries and their licences",
            "",
            "wwphone is GPL-3.0-or-later, since PJSIP, which carries its voice, is GPL. All of these may be used with it.",
            "Made by `docs/make_libraries.py` from `requirements.lock` and each library's own metadata.",
            "",
            "| library | version | licence |",
            "|---|---|---|",
            *rows,
            "",
            "## Beside Python",
            "",
            "| what | licence | for |",
            "|---|---|---|",
            *inside,
            "",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
