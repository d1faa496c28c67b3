"""wwphone: the open desktop phone for people who phone all day."""

from __future__ import annotations

__version__ = "0.1.0"
