"""What every test gets: a home folder of its own, no screen, no real key store, and guards against noise."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from devtools.places import build_cache

pytest_plugins = ["tests.noise", "tests.side_by_side", "tests.first_failures"]

_HOME = pytest.StashKey[Path]()
_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "run",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests away from the files, the language, the screen and the passwords of the person who runs them."""
    # Builds that take long are no personal files: helpers that start them use the cache of before.
    os.environ.setdefault("WWPHONE_BUILD_CACHE", str(build_cache()))
    home = Path(tempfile.mkdtemp(prefix="wwphone-tests-"))
    config.stash[_HOME] = home
    for variable, name in _FOLDERS.items():
        (home / name).mkdir(parents=True, mode=0o700)
        os.environ[variable] = str(home / name)
    os.environ.update(HOME=str(home), USERPROFILE=str(home), LC_ALL="C.UTF-8")
    os.environ.pop("LANGUAGE", None)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_finish() -> None:
    """Let Python's collector look only at what tests make: all modules and tests together take it a tenth of a second."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the home folder of this run."""
    shutil.rmtree(config.stash[_HOME], ignore_errors=True)


class FakeKeyring(keyring.backend.KeyringBackend):
    """A key store in memory, which can be locked as a person may refuse to open theirs."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.locked = False
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was stored, None when nothing was; KeyringLocked when locked."""
        self._must_be_open()
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store; KeyringLocked when locked."""
        self._must_be_open()
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget; PasswordDeleteError when there is none, KeyringLocked when locked."""
        self._must_be_open()
        if self.passwords.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("no such password")

    def _must_be_open(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("the key store is locked")


@pytest.fixture
def fake_keyring() -> Iterator[FakeKeyring]:
    """Make ``keyring`` use a store in memory during one test; without it, every access is refused."""
    before = keyring.get_keyring()
    fake = FakeKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
