"""Layer 2 of the client: where files lie, which options there are, where secrets rest, where the log goes."""
