"""SIP, seen from the client: `api` says what may be asked, `pjsua` does it, `fake` stands in for tests."""
