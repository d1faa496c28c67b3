"""Cells of a table that other programs open: none is taken for a formula."""

from __future__ import annotations

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet takes for a formula (OWASP, "CSV Injection")."""


def harmless(cell: str) -> str:
    """A cell that no spreadsheet executes: strangers choose their names."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell
