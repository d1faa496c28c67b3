"""Layer 5 of the client: the composition root; the only place that knows Qt, PJSIP and the CTI link at once."""

from __future__ import annotations

import time

STARTED_S = time.monotonic()
"""When the program began, or as early as it can know: before anything that takes time was imported."""
