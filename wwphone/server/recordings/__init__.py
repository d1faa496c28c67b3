"""Layer 3: keeps the sound of recordings: raw files become encrypted ones, and nobody loses any."""
