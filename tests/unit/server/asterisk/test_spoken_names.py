"""Names of users as sounds: what is said of a name, what is kept, and what comes of a speaking program that fails."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.server.api import PbxConfiguration, PbxRoom, PbxUser
from wwphone.server.asterisk import spoken_names
from wwphone.server.asterisk.speech import from_wav, mu_law
from wwphone.server.asterisk.spoken_names import SpokenNames, names_in, sayable

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the server runs where Asterisk runs")

LOGGER = "wwphone.server.asterisk.spoken_names"


def spoken_wav(seconds: float = 0.5) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(22_050)
        at = np.arange(int(22_050 * seconds))
        sound.writeframes((8_000 * np.sin(at * 0.1)).astype("<i2").tobytes())
    return data.getvalue()


class Speaker:
    """A program instead of espeak-ng: notes how it was called and what it was given, and does what the test says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "speaker"
        self.notes = folder / "notes"
        (folder / "spoken.wav").write_bytes(spoken_wav())
        self.does("cat spoken.wav")

    def does(self, what: str) -> None:
        text = f'#!/bin/sh\ncd "{self.folder}"\nsaid=$(cat)\necho "$*|$said" >> notes\n{what}\n'
        self.program.write_text(text, "utf-8")
        self.program.chmod(0o700)

    @property
    def asked(self) -> list[str]:
        return self.notes.read_text("utf-8").splitlines() if self.notes.exists() else []


@pytest.fixture
def speaker(tmp_path: Path) -> Speaker:
    folder = tmp_path / "bin"
    folder.mkdir()
    return Speaker(folder)


def names_by(speaker: Speaker, folder: Path) -> SpokenNames:
    return SpokenNames(folder, str(speaker.program), 0o640)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Anna Müller", "Anna Müller"),
        ("Zoe\N{COMBINING DIAERESIS} O'Neill-Smith", "Zoë O'Neill-Smith"),
        ("Dr. Łukasz Çelik, 2nd", "Dr. Łukasz Çelik, 2nd"),
        ("  Anna   (Einkauf) ", "Anna Einkauf"),
        ("-v x --stdout; rm -rf /", "-v x --stdout rm -rf"),
        ("[[h@l'oU]] <speak>", "h l'oU speak"),
        ("$(touch x) `x` |x", "touch x x x"),
    ],
    ids=["plain", "composed", "signs", "brackets", "options", "phonemes", "shell"],
)
def test_a_name_is_said_without_signs_that_could_be_orders(name: str, said: str) -> None:
    assert sayable(name) == said


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "201",
        "...",
        "Anna\nMüller",
        "Anna\0",
        "Anna\N{RIGHT-TO-LEFT OVERRIDE}",
        "李明",
        "Анна",
        "A" * 61,
        "a" * 1_000_000,
        "A" + "\N{COMBINING ACUTE ACCENT}" * 40,
        "\ud800",
        "Anna ½",
    ],
    ids=[
        "empty",
        "spaces",
        "a-number",
        "dots",
        "line-break",
        "nul",
        "direction",
        "chinese",
        "cyrillic",
        "long",
        "endless",
        "heaped-marks",
        "surrogate",
        "fraction",
    ],
)
def test_what_is_no_name_or_cannot_be_said_is_not(name: str) -> None:
    assert sayable(name) == ""


async def test_each_name_is_spoken_once_and_kept_by_what_it_says(tmp_path: Path, speaker: Speaker) -> None:
    names = names_by(speaker, tmp_path)
    names.want(["Anna Müller", "-v evil", "201", "Anna Müller"], "de_CH")
    await names.finish(10 * SECONDS)
    assert speaker.asked == [f"--stdin --stdout -v de -s 145|{said}" for said in ("Anna Müller", "-v evil")]
    prompt = names.prompt("Anna Müller")
    file = tmp_path / "prompts" / "de" / f"{prompt}.ulaw"
    assert file.read_bytes() == from_wav(spoken_wav())
    assert file.stat().st_mode & 0o777 == 0o640
    assert names.prompt("201") == names.prompt("Beat") == ""
    await names.shutdown()

    anew = names_by(speaker, tmp_path)
    anew.want(["Anna Müller"], "de")
    await anew.finish(10 * SECONDS)
    assert anew.prompt("Anna Müller") == prompt
    assert len(speaker.asked) == 2
    assert [kept.name for kept in (tmp_path / "prompts" / "de").iterdir()] == [file.name]
    anew.want(["Anna Müller"], "en")
    await anew.finish(10 * SECONDS)
    assert speaker.asked[2:] == ["--stdin --stdout -v en-us -s 145|Anna Müller"]
    assert not file.exists()
    assert (tmp_path / "prompts" / "en" / f"{anew.prompt('Anna Müller')}.ulaw").exists()
    await anew.shutdown()


async def test_without_the_program_nothing_is_spoken_and_nothing_breaks(tmp_path: Path) -> None:
    names = SpokenNames(tmp_path, "no-such-espeak", 0o600)
    names.want(["Anna"], "de")
    await names.finish(10 * SECONDS)
    assert names.prompt("Anna") == ""
    assert not (tmp_path / "prompts").exists()
    await names.shutdown()


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("exit 3", "ended with 3"),
        ("kill -9 $$", "ended with -9"),
        ("echo nonsense", "no sound"),
        ("head -c 30 spoken.wav", "no sound"),
        ("cat long.wav", "takes too long"),
        ("exec sleep 600", ""),
    ],
    ids=["failure", "killed", "nonsense", "cut-off", "too-long", "hangs"],
)
async def test_a_program_that_fails_costs_its_name_alone(
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: Any,
    does: str,
    why: str,
) -> None:
    if "sleep" in does:
        monkeypatch.setattr(spoken_names, "_TIMEOUT_S", 0.3 * SECONDS)
    (speaker.folder / "long.wav").write_bytes(spoken_wav(14))
    speaker.does(f'if [ "$said" = Beat ]; then {does}; else cat spoken.wav; fi')
    records = expected_logs("1 of 3 names could not be spoken", logger=LOGGER)
    names = names_by(speaker, tmp_path)
    names.want(["Anna", "Beat", "Carla"], "de")
    await names.finish(30 * SECONDS)
    assert [bool(names.prompt(one)) for one in ("Anna", "Beat", "Carla")] == [True, False, True]
    assert why in records[0].getMessage()
    await names.shutdown()


async def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, speaker: Speaker, expected_logs: Any
) -> None:
    (tmp_path / "prompts").write_text("a file")
    expected_logs("1 of 1 names could not be spoken", logger=LOGGER)
    names = names_by(speaker, tmp_path)
    names.want(["Anna"], "de")
    await names.finish(10 * SECONDS)
    assert names.prompt("Anna") == ""
    await names.shutdown()


async def test_a_file_that_is_kept_gets_the_mode_that_is_set_now(tmp_path: Path, speaker: Speaker) -> None:
    before = names_by(speaker, tmp_path)
    before.want(["Anna"], "de")
    await before.finish(10 * SECONDS)
    await before.shutdown()

    names = SpokenNames(tmp_path, str(speaker.program), 0o644)
    names.want(["Anna"], "de")
    await names.finish(10 * SECONDS)
    (file,) = (tmp_path / "prompts" / "de").iterdir()
    assert (file.stat().st_mode & 0o777, len(speaker.asked)) == (0o644, 1)
    assert names.prompt("Anna")
    await names.shutdown()


async def test_a_name_that_failed_is_tried_again_by_itself(
    tmp_path: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch, expected_logs: Any
) -> None:
    monkeypatch.setattr(spoken_names, "PAUSES_S", (0.05 * SECONDS, 3_600.0))
    speaker.does('if [ "$said" = Beat ] && [ ! -e room ]; then exit 1; else cat spoken.wav; fi')
    expected_logs("1 of 2 names could not be spoken", logger=LOGGER)
    names = names_by(speaker, tmp_path)
    names.want(["Anna", "Beat"], "de")
    await names.finish(10 * SECONDS)
    (speaker.folder / "room").touch()
    await wait_until_async(lambda: names.prompt("Beat"), "the second try", 10 * SECONDS)
    assert names.prompt("Anna")
    assert [line.rpartition("|")[2] for line in speaker.asked] == ["Anna", "Beat", "Beat"]
    await names.shutdown()


async def test_a_name_that_always_fails_is_given_up(
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", LOGGER)
    monkeypatch.setattr(spoken_names, "PAUSES_S", (0.0, 0.01, 0.02))
    speaker.does("exit 1")
    expected_logs("1 of 1 names could not be spoken", logger=LOGGER)
    names = names_by(speaker, tmp_path)
    names.want(["Anna"], "de")
    await wait_until_async(lambda: "not tried any more" in caplog.text, "the last try", 10 * SECONDS)
    assert len(speaker.asked) == 4
    names.want(["Anna"], "de")
    await names.finish(10 * SECONDS)
    assert len(speaker.asked) == 4
    speaker.does("cat spoken.wav")
    names.want(["Anna", "Beat"], "de")
    await wait_until_async(lambda: names.prompt("Anna") and names.prompt("Beat"), "the new names")
    await names.shutdown()


async def test_new_names_and_the_end_stop_what_is_being_spoken(tmp_path: Path, speaker: Speaker) -> None:
    speaker.does('if [ "$said" = Slow ]; then exec sleep 600; else cat spoken.wav; fi')
    names = names_by(speaker, tmp_path)
    names.want(["Slow"], "de")
    await wait_until_async(lambda: speaker.asked, "the first name", 10 * SECONDS)
    names.want(["Anna"], "de")
    await wait_until_async(lambda: names.prompt("Anna"), "the second one", 10 * SECONDS)
    names.want(["Anna", "Slow"], "de")
    await wait_until_async(lambda: len(speaker.asked) == 3, "the slow one again", 10 * SECONDS)
    assert names.prompt("Anna")
    await names.shutdown()


async def test_at_most_so_many_are_spoken_and_owners_of_rooms_are_first(
    tmp_path: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken_names, "MOST_NAMES", 2)
    users = tuple(PbxUser(name, str(200 + at), name.title(), "secret") for at, name in enumerate("abc"))
    wanted = names_in(PbxConfiguration(users, rooms=(PbxRoom("202", "C", owner="c"),)))
    assert wanted == ["C", "A", "B"]
    names = names_by(speaker, tmp_path)
    names.want(wanted, "en")
    await names.finish(10 * SECONDS)
    assert [bool(names.prompt(one)) for one in "ABC"] == [True, False, True]
    await names.shutdown()


def test_mu_law_is_that_of_the_standard() -> None:
    # ITU-T G.711 table 2a: silence, both ends, and a step of each sign.
    samples = np.array([0, 32_767, -32_768, 1_000, -1_000], dtype=float)
    assert mu_law(samples) == bytes([0xFF, 0x80, 0x00, 0xCE, 0x4E])
