"""What can go wrong with the demo, in a sentence for whoever started it."""

from __future__ import annotations


class DemoError(Exception):
    """The demo cannot go on; the text says why and what to do."""
