"""The settings file: read with suspicion, written whole or not at all."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wwphone.config.options import (
    BUSY_FROM,
    CLOSE_TO_TRAY,
    LANGUAGE,
    MICROPHONE,
    OPTIONS,
    SERVER_PORT,
    THEME,
    Option,
    Page,
    Value,
)
from wwphone.config.settings import Settings

Logs = Callable[..., object]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_without_a_file_the_defaults_count(file: Path) -> None:
    settings = Settings(file)
    assert settings.text(LANGUAGE) == "system"
    assert settings.value(BUSY_FROM) == 1
    assert settings.text(MICROPHONE) == ""
    assert not file.exists(), "nothing was changed"


def test_what_is_set_is_there_at_the_next_start(file: Path) -> None:
    settings = Settings(file)
    settings.set(LANGUAGE, "de")
    settings.set(CLOSE_TO_TRAY, value=False)
    settings.set(MICROPHONE, "Jürgs Headset")
    again = Settings(file)
    assert again.text(LANGUAGE) == "de"
    assert again.value(CLOSE_TO_TRAY) is False
    assert again.text(MICROPHONE) == "Jürgs Headset"
    assert json.loads(file.read_text("utf-8")) == {
        "language": "de",
        "close_to_tray": False,
        "sound.microphone": "Jürgs Headset",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_its_owner_may_read_it(file: Path) -> None:
    Settings(file).set(LANGUAGE, "de")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_half_written_file_is_left(file: Path) -> None:
    Settings(file).set(LANGUAGE, "de")
    assert [found.name for found in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "7", '"text"', "\x00\x01", '{"a": ', "[" * 100_000], ids=repr
)
def test_a_damaged_file_is_set_aside(file: Path, content: str, expected_logs: Logs) -> None:
    expected_logs("settings were damaged", logger="wwphone.config")
    file.write_text(content, "utf-8")
    settings = Settings(file)
    assert settings.text(LANGUAGE) == "system"
    aside = file.with_name("settings.damaged.json")
    assert aside.read_text("utf-8") == content, "somebody may want to mend it"
    settings.set(LANGUAGE, "de")
    assert Settings(file).text(LANGUAGE) == "de"


def test_a_file_from_a_windows_editor_is_no_damage(file: Path) -> None:
    file.write_text('\ufeff{"language": "de"}', "utf-8")
    assert Settings(file).text(LANGUAGE) == "de"


def test_bytes_that_are_no_text_are_damage_too(file: Path, expected_logs: Logs) -> None:
    expected_logs("settings were damaged", logger="wwphone.config")
    file.write_bytes(b'{"language": "\xff\xfe"}')
    assert Settings(file).text(LANGUAGE) == "system"


def test_a_file_far_too_large_is_not_read_into_memory(file: Path, expected_logs: Logs) -> None:
    expected_logs("too large", logger="wwphone.config")
    file.write_text(json.dumps({"language": "de", "x": "y" * 2_000_000}), "utf-8")
    assert Settings(file).text(LANGUAGE) == "system"


@pytest.mark.parametrize(
    ("option", "stored"),
    [
        (LANGUAGE, 7),
        (LANGUAGE, "klingon"),
        (LANGUAGE, None),
        (BUSY_FROM, "1"),
        (BUSY_FROM, True),
        (BUSY_FROM, 1.0),
        (BUSY_FROM, -1),
        (BUSY_FROM, 9),
        (CLOSE_TO_TRAY, 1),
        (SERVER_PORT, 70_000),
        (MICROPHONE, ["a"]),
    ],
)
def test_a_value_of_the_wrong_kind_counts_as_none(
    file: Path, option: Option, stored: object, expected_logs: Logs
) -> None:
    expected_logs(f"the setting {option.key} holds nothing it can hold", logger="wwphone.config")
    file.write_text(json.dumps({option.key: stored, THEME.key: "dark"}), "utf-8")
    settings = Settings(file)
    assert settings.value(option) == option.default
    assert settings.text(THEME) == "dark", "the others count"


def test_what_a_newer_version_stored_is_kept(file: Path) -> None:
    file.write_text('{"from.the.future": {"a": 1}}', "utf-8")
    Settings(file).set(LANGUAGE, "en")
    assert json.loads(file.read_text("utf-8"))["from.the.future"] == {"a": 1}


def test_a_file_that_may_not_be_read(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("cannot be read", logger="wwphone.config")
    folder = tmp_path / "settings.json"
    folder.mkdir()
    assert Settings(folder).text(LANGUAGE) == "system"


@pytest.mark.parametrize(
    ("option", "value"), [(LANGUAGE, "klingon"), (BUSY_FROM, True), (BUSY_FROM, -1), (THEME, None)]
)
def test_a_value_that_does_not_fit_is_refused(option: Option, value: Value) -> None:
    settings = Settings(None)
    with pytest.raises(ValueError, match=option.key):
        settings.set(option, value)
    assert settings.value(option) == option.default


def test_listeners_hear_of_real_changes_only() -> None:
    settings = Settings(None)
    heard: list[Option] = []
    settings.on_change(heard.append)
    settings.set(LANGUAGE, "de")
    settings.set(LANGUAGE, "de")
    settings.set(LANGUAGE, "system")
    assert heard == [LANGUAGE, LANGUAGE]


def test_without_a_disk_a_change_counts_but_is_complained_about(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "gone" / "settings.json")
    heard: list[Option] = []
    settings.on_change(heard.append)
    with pytest.raises(OSError, match="No such file"):
        settings.set(LANGUAGE, "de")
    assert settings.text(LANGUAGE) == "de"
    assert heard == [LANGUAGE]


def test_a_write_that_fails_leaves_the_former_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(file)
    settings.set(LANGUAGE, "de")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings.set(LANGUAGE, "en")
    monkeypatch.undo()
    assert Settings(file).text(LANGUAGE) == "de"


def test_every_option_is_sound() -> None:
    for key, option in OPTIONS.items():
        assert option.key == key
        assert option.accepts(option.default)
        assert option.label
        if option.page is Page.GENERAL:
            assert option.help
            assert option.kind is not str or option.choices
