"""An Asterisk that says each sentence in a tenth of a second, for tests in which nobody listens.

It has a file for each that a real one has, by the same name in the same language, so what is said is found or missing as ever.
`test_pbx_conference_sound` listens to the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from demo.private_asterisk import PrivateAsterisk
from wwphone.server.asterisk import prompts

_QUIET = b"\xff" * 800
"""A tenth of a second in G.711 µ-law (8,000 samples a second), whose 0xff is zero."""
_OURS = "brief-prompts"


def speak_briefly(asterisk: PrivateAsterisk) -> None:
    """Give it brief words of Asterisk and of ours; it is prepared, and does not run yet."""
    run = asterisk.paths.run.resolve()
    configuration = run / "etc" / "asterisk.conf"
    text = configuration.read_text("utf-8")
    (known,) = re.findall(r"^astdatadir => (.+)$", text, re.MULTILINE)
    data = run / "data"
    data.mkdir()
    for each in Path(known).iterdir():
        if each.name != "sounds":
            (data / each.name).symlink_to(each)
    _write_briefly(Path(known) / "sounds", data / "sounds")
    _write_briefly(prompts._source(), run / _OURS)
    configuration.write_text(text.replace(known, str(data)), "utf-8")


@contextmanager
def our_brief_words(asterisk: PrivateAsterisk) -> Iterator[None]:
    """Let the adapter install brief words of ours, if this Asterisk has brief ones of its own."""
    brief = asterisk.paths.run.resolve() / _OURS
    with patch.object(prompts, "_source", return_value=brief if brief.is_dir() else prompts._source()):
        yield


def _write_briefly(source: Path, target: Path) -> None:
    """Write a quiet file for each sound of each language."""
    target.mkdir()
    quiet = target / "quiet.ulaw"
    quiet.write_bytes(_QUIET)
    for language in (folder for folder in source.iterdir() if folder.is_dir()):
        for sound in (path for path in language.resolve().rglob("*.*") if path.is_file()):
            brief = (target / language.name / sound.relative_to(language.resolve())).with_suffix(".ulaw")
            brief.parent.mkdir(parents=True, exist_ok=True)
            if not brief.exists():
                brief.hardlink_to(quiet)
