"""Folders, logs and the key store."""

from __future__ import annotations

import logging
import stat
import sys
from pathlib import Path

import keyring
import pytest

from tests.conftest import FakeKeyring
from wwphone.config.logs import start_logging
from wwphone.config.paths import HOME_VARIABLE, Paths
from wwphone.config.secrets import SERVICE_NAME, KeyringSecrets, SecretsUnavailableError

# ---------------------------------------------------------------- folders


def test_one_folder_for_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    paths = Paths.of_this_user().make()
    assert {folder.parent for folder in (paths.settings, paths.data, paths.cache, paths.log)} == {
        tmp_path / "home"
    }
    if sys.platform != "win32":
        assert stat.S_IMODE(paths.settings.stat().st_mode) == 0o700
    assert paths.make() == paths, "what is there already is no error"


def test_the_systems_own_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    paths = Paths.of_this_user()
    assert len({paths.settings, paths.data, paths.cache, paths.log}) >= 3
    assert all("wwphone" in str(folder) for folder in (paths.settings, paths.data, paths.cache, paths.log))
    assert paths.settings_file.parent == paths.settings
    assert paths.log_file.parent == paths.log


def test_two_identities_differ_and_one_stays_the_same(tmp_path: Path) -> None:
    def of(name: str) -> Paths:
        return Paths(tmp_path / name, tmp_path, tmp_path, tmp_path)

    assert of("a").instance_name != of("b").instance_name
    assert of("a").instance_name == of("b/../a").instance_name


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OSError, match="file"):
        Paths(tmp_path / "file" / "x", tmp_path, tmp_path, tmp_path).make()


# ---------------------------------------------------------------- logs


def test_the_log_goes_to_a_file_of_its_owner(
    tmp_path: Path, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wwphone.log"
    start_logging(file)
    logging.getLogger("wwphone.tests").info("for the file")
    logging.getLogger("wwphone.tests").debug("for nobody")
    text = file.read_text("utf-8")
    assert "INFO    wwphone.tests: for the file" in text
    assert "for nobody" not in text
    assert capsys.readouterr().err == "", "whoever starts it from a terminal sees warnings only"
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_verbose_says_everything_in_both_places(
    tmp_path: Path, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wwphone.log"
    start_logging(file, verbose=True)
    logging.getLogger("wwphone.tests").debug("for everybody")
    assert "for everybody" in file.read_text("utf-8")
    assert "for everybody" in capsys.readouterr().err


def test_without_a_file_it_goes_to_the_terminal_alone(
    root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(None, verbose=True)
    logging.getLogger("wwphone.tests").info("hello")
    assert "hello" in capsys.readouterr().err


def test_a_log_that_cannot_be_written(tmp_path: Path, root_logger: logging.Logger) -> None:
    with pytest.raises(OSError, match="gone"):
        start_logging(tmp_path / "gone" / "wwphone.log")


# ---------------------------------------------------------------- key store


async def test_secrets_go_into_the_systems_key_store(fake_keyring: FakeKeyring) -> None:
    secrets = KeyringSecrets()
    assert await secrets.get("anna@pbx") is None
    await secrets.put("anna@pbx", "Föhn")
    assert fake_keyring.passwords == {(SERVICE_NAME, "anna@pbx"): "Föhn"}
    assert await secrets.get("anna@pbx") == "Föhn"
    await secrets.remove("anna@pbx")
    await secrets.remove("anna@pbx")
    assert await secrets.get("anna@pbx") is None


async def test_a_locked_key_store_is_one_kind_of_error(fake_keyring: FakeKeyring) -> None:
    fake_keyring.locked = True
    secrets = KeyringSecrets()
    for attempt in (secrets.get("a"), secrets.put("a", "x"), secrets.remove("a")):
        with pytest.raises(SecretsUnavailableError, match="KeyringLocked"):
            await attempt


async def test_no_key_store_at_all_is_the_same_kind() -> None:
    assert type(keyring.get_keyring()).__module__ == "keyring.backends.fail"
    with pytest.raises(SecretsUnavailableError) as refused:
        await KeyringSecrets().put("anna@pbx", "Föhn")
    assert "Föhn" not in str(refused.value)
