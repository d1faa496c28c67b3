"""The client's way to the CTI server: `api` says what may be asked, `link` does it, `fake` stands in for tests."""
