"""Where the client keeps its files, on each system where its users expect them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "WWPHONE_HOME"
"""One folder for everything instead: for a portable copy, for the demo, for a second identity."""


@dataclass(frozen=True)
class Paths:
    """The client's folders; made when they are asked for through `make`."""

    settings: Path
    data: Path
    cache: Path
    log: Path

    @classmethod
    def of_this_user(cls) -> Paths:
        """The folders of the person who runs the program."""
        home = os.environ.get(HOME_VARIABLE)
        if home:
            root = Path(home)
            return cls(root / "settings", root / "data", root / "cache", root / "log")
        return cls(
            platformdirs.user_config_path("wwphone", appauthor=False),
            platformdirs.user_data_path("wwphone", appauthor=False),
            platformdirs.user_cache_path("wwphone", appauthor=False),
            platformdirs.user_log_path("wwphone", appauthor=False),
        )

    def make(self) -> Paths:
        """Create the folders, readable by their owner alone; raises OSError."""
        for folder in (self.settings, self.data, self.cache, self.log):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    @property
    def settings_file(self) -> Path:
        """The settings, as text that a person can read."""
        return self.settings / "settings.json"

    @property
    def log_file(self) -> Path:
        """The newest log."""
        return self.log / "wwphone.log"

    @property
    def instance_name(self) -> str:
        """Differs between identities, so that each has one running program of its own."""
        return str(self.settings.resolve())

    @property
    def notes_file(self) -> Path:
        """What was written about calls."""
        return self.data / "notes.sqlite"

    @property
    def phonebook_file(self) -> Path:
        """The phone book as the server last told it."""
        return self.cache / "phonebook.sqlite"
