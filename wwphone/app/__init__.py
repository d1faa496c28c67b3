"""Layer 5 of the client: the composition root; the only place that knows Qt, PJSIP and the CTI link at once."""
