"""Every state has a word, every reason a sentence, in every language."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pytestqt.qtbot import QtBot

import wwphone.gui
from devtools.translations import missing_translations
from wwphone.config.options import OPTIONS, Page
from wwphone.cti.api import ErrorCode, LinkProblem, WireError
from wwphone.domain.account import SessionInfo
from wwphone.domain.calls import CallKind, CallState, EndReason, PhoneState, QualityWord
from wwphone.domain.presence import DEFAULT_REACH, PresenceStatus
from wwphone.domain.reachability import ForwardingCause
from wwphone.gui import option_texts, words
from wwphone.gui.language import LANGUAGES, Language
from wwphone.services.calls import CannotDial
from wwphone.sip.api import RegistrationState, SoundState

SENTENCES_OF: Mapping[Enum, str] = words.SENTENCES
WITH_WORDS = (PresenceStatus, PhoneState, CallState, CallKind, QualityWord, ForwardingCause)
WITH_SENTENCES = (EndReason, CannotDial, RegistrationState, SoundState, LinkProblem, ErrorCode)
_GUI = Path(wwphone.gui.__file__).parent


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[str]:
    chosen = Language(request.param)
    yield request.param
    chosen.close()


def members(kinds: tuple[type[Enum], ...]) -> list[Enum]:
    return [member for kind in kinds for member in kind]


@pytest.mark.parametrize("state", members(WITH_WORDS), ids=str)
def test_every_state_has_a_word(language: str, state: Enum) -> None:
    said = words.word(state)
    assert said.strip()
    if language != "en" and state != PresenceStatus.OFFLINE:
        assert said != words.WORDS[state], "untranslated"


@pytest.mark.parametrize("reason", members(WITH_SENTENCES), ids=str)
def test_every_reason_has_a_sentence(language: str, reason: Enum) -> None:
    said = words.sentence(reason)
    assert said.endswith((".", "?"))
    if language != "en":
        assert said != words.SENTENCES[reason], "untranslated"


def test_the_presences_are_called_as_the_product_calls_them(qtbot: QtBot) -> None:
    names = {
        "en": ["Telephone service", "Available", "Be right back", "Direct number only", "Internal only",
               "Unavailable", "Offline"],
        "de": ["Telefondienst", "Verfügbar", "Bin gleich zurück", "Nur Direktnummer", "Nur intern",
               "Nicht verfügbar", "Offline"],
    }  # fmt: skip
    for code, expected in names.items():
        chosen = Language(code)
        assert [words.word(status) for status in PresenceStatus] == expected
        chosen.close()


def test_no_text_lacks_its_translation() -> None:
    assert missing_translations() == []


def test_german_is_written_as_in_switzerland() -> None:
    file = _GUI.parents[1] / "translations" / "wwphone_de.ts"
    translated = [node.text or "" for node in ElementTree.parse(file).iter("translation")]
    assert len(translated) > 200
    assert not [text for text in translated if "ß" in text or '"' in text or "„" in text]


def test_translations_keep_the_places_for_values() -> None:
    root = ElementTree.parse(_GUI.parents[1] / "translations" / "wwphone_de.ts").getroot()
    for message in root.iter("message"):
        source, places = message.findtext("source", ""), re.compile(r"\{\w+\}")
        translation = message.find("translation")
        assert translation is not None
        for form in translation.findall("numerusform") or [translation]:
            assert sorted(places.findall(source)) == sorted(places.findall(form.text or "")), source


def test_no_text_hides_in_an_f_string_where_lupdate_does_not_look() -> None:
    hidden = []
    for file in _GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
                hidden += [
                    f"{file.name}:{call.lineno}"
                    for call in calls
                    if isinstance(call.func, ast.Attribute) and call.func.attr in ("tr", "translate")
                ]
    assert hidden == []


_FROM_THE_TABLE = (Page.GENERAL, Page.HOTKEYS, Page.PAGES)


def test_the_option_table_and_its_texts_agree() -> None:
    offered = [option for option in OPTIONS.values() if option.page in _FROM_THE_TABLE]
    needed = {text for option in offered for text in (option.label, option.help) if text}
    assert needed == set(option_texts.TEXTS)
    for option in offered:
        values = range(option.maximum + 1) if option.kind is int else option.choices
        assert all(option_texts.choice(option, value) for value in values)


def test_a_refusal_tells_how_long_to_wait_and_where_else(language: str) -> None:
    blocked = words.refusal(WireError(ErrorCode.ADDRESS_BLOCKED, "blocked", retry_after_s=540.0))
    assert "9" in blocked
    assert "1 min" in words.refusal(WireError(ErrorCode.ADDRESS_BLOCKED, "blocked", retry_after_s=4.0))
    since = datetime.now(UTC)
    elsewhere = words.refusal(
        WireError(ErrorCode.SIGNED_IN_ELSEWHERE, "x", sessions=(SessionInfo("PC-EMPFANG", since),))
    )
    assert "PC-EMPFANG" in elsewhere
    assert words.clock(since) in elsewhere
    assert words.refusal(WireError(ErrorCode.NOT_PERMITTED, "no")) == words.sentence(ErrorCode.NOT_PERMITTED)


def test_a_time_of_another_day_bears_its_date(language: str) -> None:
    now = datetime.now().astimezone()
    assert words.clock(now.replace(hour=8, minute=12)) in ("08:12", "8:12")
    earlier = words.clock(now.replace(hour=8, minute=12) - timedelta(days=3))
    assert earlier.endswith(("08:12", "8:12"))
    assert len(earlier) > len("08:12 ")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (9.9, "0:09"), (161, "2:41"), (3599, "59:59"), (3761, "1:02:41"), (-3, "0:00")],
)
def test_a_duration_reads_like_a_clock(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown


def test_each_presence_says_what_it_does_to_calls(language: str) -> None:
    effects = [words.effect(status, DEFAULT_REACH.get(status, frozenset())) for status in PresenceStatus]
    assert effects[0] == effects[1] == effects[2], "these three let everything ring"
    assert len(set(effects)) == 5


def test_every_matrix_of_a_server_can_be_told(language: str) -> None:
    kinds = tuple(CallKind)
    every = [frozenset(each) for size in range(4) for each in itertools.combinations(kinds, size)]
    told = {words.effect(PresenceStatus.AVAILABLE, reach) for reach in every}
    assert len(told) == len(every) == 8
