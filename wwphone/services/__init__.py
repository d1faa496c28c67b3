"""Layer 3 of the client: services decide. A constructor, `shutdown()`, and listeners; no Qt, no sockets, no PJSIP."""
