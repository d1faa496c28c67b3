"""System-wide hot-keys: `api` says what may be asked (layer 2), `x11` does it (layer 3)."""
