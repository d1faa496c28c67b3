"""Layer 4 of the client: what one sees. It knows services and domain values, never the wire or PJSIP."""
