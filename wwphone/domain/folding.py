"""Names without accents and capitals, so that they are found however they are typed."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""Unicode's blocks of combining marks, with the points of Hebrew and Arabic."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_UNDECOMPOSED = str.maketrans({"ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take for a letter with an accent."""


def _without_accents(lowered: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFD", lowered)).translate(_UNDECOMPOSED)


_PLAIN_BELOW = "\u0250"
_PLAIN = {code: _without_accents(chr(code)) for code in range(0x80, ord(_PLAIN_BELOW))}
"""Latin letters with accents and the same without: nearly all of ten thousand names are made of these."""


def plain(text: str) -> str:
    """Lower case without accents: what names are sorted by."""
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFC", text).lower()
    return lowered.translate(_PLAIN) if max(lowered) < _PLAIN_BELOW else _without_accents(lowered)


def folded(text: str) -> str:
    """The plain text, and behind it, where that differs, with umlauts spelled out: ü is found by u and by ue."""
    if text.isascii():
        return text.lower()
    without, spelled = plain(text), unicodedata.normalize("NFC", text).lower().translate(_GERMAN)
    return without if spelled == without else f"{without} {spelled}"


def wanted_words(text: str) -> list[str]:
    """The words to search for, folded."""
    return [folded(word).split()[0] for word in text.split() if folded(word).strip()]
