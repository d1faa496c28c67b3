"""What a scene is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from tests.gui.stage import Stage
from tests.gui.world import World

Play = Callable[[Stage], Awaitable[Sequence[QWidget]]]


@dataclass(frozen=True)
class Scene:
    """A state of the window and what of it is to be seen, from the bottom to the top."""

    name: str
    play: Play
    everywhere: bool = False
    """Worth a picture in every language, theme and scale; others get one light English and one dark German."""
    world: Callable[[], World] = field(default=World)
