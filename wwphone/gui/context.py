"""What every window and panel is given: services, look, language, and a way to run coroutines."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from wwphone.config.settings import Settings
from wwphone.gui.language import Language
from wwphone.gui.style.theme import Theme
from wwphone.services.bundle import Services
from wwphone.services.tasks import TaskOwner


@dataclass(frozen=True)
class Context:
    """Shared by all of the window."""

    services: Services
    theme: Theme
    language: Language
    tasks: TaskOwner

    @property
    def settings(self) -> Settings:
        """The person's settings."""
        return self.services.settings

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run something that takes time; the window goes on."""
        self.tasks.start(coroutine)
