"""The few numbers and colours that everything is drawn with.

Every text colour has a contrast of at least 4.5 : 1 on every ground it is meant for (WCAG 2.2, 1.4.3); a test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL = 4, 8, 12, 16, 24
"""Pixels at 100 %."""
RADIUS = 8
TYPE_SMALL, TYPE_BODY, TYPE_TITLE, TYPE_DISPLAY = 12, 14, 17, 24
"""Secondary text, text, titles, the one big thing. Pixels, since a point has another size on each system."""
CONTROL_HEIGHT = 36
POPUP_BUTTON_HEIGHT = 48
"""At least 44, so that a hurried hand finds it."""
ICON_SMALL, ICON = 16, 20
ICON_GAP = 6
"""Between the icon of a button and its text."""
AVATAR, AVATAR_LARGE = 40, 56
PHONE_COLUMN = 380
"""Width of dial field and cards beside the panels of a wide window."""


@dataclass(frozen=True)
class Colours:
    """One theme. `on_…` is text on that ground."""

    window: str
    """The ground of everything."""
    surface: str
    """Cards, lists, fields."""
    raised: str
    """Header, rail, hovered rows."""
    border: str
    """Lines that divide."""
    outline: str
    """Edges of what can be typed into or pressed: 3 : 1 on `surface` (WCAG 2.2, 1.4.11)."""
    text: str
    text_muted: str
    accent: str
    """Links, focus, selection."""
    on_accent: str
    selected: str
    """Ground of the selected row; `text` stays readable on it."""
    accent_hover: str
    positive: str
    """Answer, available."""
    on_positive: str
    positive_hover: str
    negative: str
    """Hang up, decline, errors."""
    on_negative: str
    negative_hover: str
    caution_ground: str
    on_caution_ground: str
    negative_ground: str
    on_negative_ground: str
    status_green: str
    status_yellow: str
    status_blue: str
    status_violet: str
    status_red: str
    status_grey: str


LIGHT = Colours(
    window="#f4f6f8",
    surface="#ffffff",
    raised="#e9edf1",
    border="#d5dbe1",
    outline="#848f9b",
    text="#17212b",
    text_muted="#51606e",
    accent="#0b5cad",
    on_accent="#ffffff",
    selected="#d7e7f7",
    accent_hover="#094a8c",
    positive="#14733a",
    on_positive="#ffffff",
    positive_hover="#0f5c2e",
    negative="#b3261e",
    on_negative="#ffffff",
    negative_hover="#921d17",
    caution_ground="#fff3d6",
    on_caution_ground="#4d3300",
    negative_ground="#fde7e5",
    on_negative_ground="#7a1710",
    status_green="#146c38",
    status_yellow="#8a5c00",
    status_blue="#145fb3",
    status_violet="#7b3fc4",
    status_red="#b3261e",
    status_grey="#56616c",
)

DARK = Colours(
    window="#12181f",
    surface="#1a222b",
    raised="#232d38",
    border="#2f3a46",
    outline="#66747f",
    text="#eaf0f5",
    text_muted="#a5b3c0",
    accent="#6cb2f5",
    on_accent="#06213b",
    selected="#23405d",
    accent_hover="#8cc4f8",
    positive="#1b7d43",
    on_positive="#ffffff",
    positive_hover="#17693a",
    negative="#c9382f",
    on_negative="#ffffff",
    negative_hover="#b02f27",
    caution_ground="#3b2e10",
    on_caution_ground="#ffe3a8",
    negative_ground="#46201d",
    on_negative_ground="#ffd4d0",
    status_green="#46c37b",
    status_yellow="#f0b94a",
    status_blue="#62aef7",
    status_violet="#c4a6f5",
    status_red="#ff8b82",
    status_grey="#a5b3c0",
)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[index : index + 2], 16)) for index in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
