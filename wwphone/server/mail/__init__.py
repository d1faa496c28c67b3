"""Outgoing mail by SMTP: letters are composed and handed to the company's own mail server."""
