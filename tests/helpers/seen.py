"""What is seen of a window: its parts, and call cards among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """One visible widget: what it says, and the parts in it."""

    kind: str
    name: str
    says: str
    hint: str = ""
    """What a screen reader adds."""
    role: str = ""
    enabled: bool = True
    checked: bool = False
    rows: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """This part and all within it, as one reads: from above to below."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def find(self, name: str) -> Part | None:
        """The part of this object name."""
        return next((part for part in self.walk() if part.name == name), None)

    def texts(self) -> list[str]:
        """Everything it says."""
        return [part.says for part in self.walk() if part.says]


@dataclass(frozen=True)
class CardSeen:
    """A call card."""

    part: Part

    @property
    def heading(self) -> str:
        """Who, and how the call stands, in one sentence."""
        return self.part.says

    @property
    def texts(self) -> list[str]:
        """Every text on it."""
        return self.part.texts()

    @property
    def is_encrypted(self) -> bool:
        """Whether it shows the padlock."""
        return "Encrypted" in self.texts

    @property
    def is_talking(self) -> bool:
        """Whether the call runs and is not held here: it can be held."""
        return self.button("Hold the call") is not None

    @property
    def is_held(self) -> bool:
        """Whether the call is held here: it can be taken back."""
        return self.button("Resume the call") is not None

    def button(self, says: str) -> Part | None:
        """A button of it, whichever key it names behind."""
        buttons = (part for part in self.part.walk() if "Button" in part.kind)
        return next((one for one in buttons if one.says == says or one.says.startswith(f"{says} (")), None)


def part_from(found: Mapping[str, Any]) -> Part:
    """Read what the window's process tells of a part."""
    return Part(
        found["kind"],
        found["name"],
        found["says"],
        found.get("hint", ""),
        found.get("role", ""),
        found.get("enabled", True),
        found.get("checked", False),
        tuple(found.get("rows", ())),
        tuple(part_from(part) for part in found.get("parts", ())),
    )
