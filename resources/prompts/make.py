"""Make what the PBX says in conferences, in the folders beside this file: `python -m resources.prompts.make`.

Asterisk's own sounds lack these sentences. They are spoken by espeak-ng, as names are (`wwphone.server.asterisk.speech`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from wwphone.server.asterisk.speech import SUFFIX, VOICES, arguments, from_wav

_PROMPTS = {
    "enter": (
        "Please enter your pin, or the number of the conference. Then press the hash key.",
        "Bitte geben Sie Ihren PIN ein, oder die Nummer der Konferenz. Drücken Sie dann die Rautetaste.",
    ),
    "pin": (
        "Please enter your pin. Then press the hash key.",
        "Bitte geben Sie Ihren PIN ein. Drücken Sie dann die Rautetaste.",
    ),
    "wrong": ("That was not right.", "Das war nicht richtig."),
    "three-times": (
        "That was not right three times. Goodbye.",
        "Das war dreimal nicht richtig. Auf Wiederhören.",
    ),
    "early": (
        "This conference is not open yet. You can dial in from:",
        "Diese Konferenz ist noch nicht geöffnet. Sie können sich einwählen ab:",
    ),
    "late": (
        "The time of this conference is over. Goodbye.",
        "Die Zeit dieser Konferenz ist vorbei. Auf Wiederhören.",
    ),
    "full": (
        "This conference is full. Please try again later.",
        "Diese Konferenz ist voll. Bitte versuchen Sie es später noch einmal.",
    ),
    "locked": (
        "This conference is locked. Nobody can dial in at the moment.",
        "Diese Konferenz ist geschlossen. Im Moment kann sich niemand einwählen.",
    ),
    "invited": (
        "You are invited to a conference, by number:",
        "Sie werden in eine Konferenz eingeladen, von der Nummer:",
    ),
    "invited-by": (
        "You are invited to a conference, by:",
        "Sie werden in eine Konferenz eingeladen, von:",
    ),
    "over": (
        "The conference is over for you. Goodbye.",
        "Die Konferenz ist für Sie beendet. Auf Wiederhören.",
    ),
}


def spoken(text: str, voice: str) -> bytes:
    """The text as Asterisk plays it."""
    done = subprocess.run(
        ["espeak-ng", *arguments(voice)], input=text.encode(), capture_output=True, check=True
    )
    return from_wav(done.stdout)


def main() -> int:
    """Make them all."""
    here = Path(__file__).parent
    for number, (language, voice) in enumerate(VOICES.items()):
        folder = here / language
        folder.mkdir(exist_ok=True)
        for name, texts in _PROMPTS.items():
            (folder / f"{name}{SUFFIX}").write_bytes(spoken(texts[number], voice))
    return 0


if __name__ == "__main__":
    sys.exit(main())
