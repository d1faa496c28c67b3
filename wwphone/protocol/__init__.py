"""Layer 1: the CTI wire, `wwphone.cti.v1`: messages, frames and sessions; no I/O, no clock.

A feature's messages stand in the module of its name (`protocol/presence.py`), the frames that carry them in `frames`,
text to frame and back in `codec`, the two state machines in `client_session` and `server_session`.
"""
