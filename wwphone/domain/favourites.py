"""Entries of the phone book that somebody marked: listed first, on every PC of whoever marked them (product, section 6)."""

from __future__ import annotations

MAX_FAVOURITES = 500
"""Favourites of one user: so few that searching them is never felt."""
