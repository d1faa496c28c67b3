"""The clients' lines: TLS, the websocket's opening, frames. In the server's own process, or in line processes.

Theory. A line process accepts connections on the socket that the server listens on, and keeps them. What a client says goes to the
server (the core) as messages over one socket pair, and what the core says comes back so (`lines.messages`). A line process knows no
accounts and decides nothing: the core says who may stay, what is answered and when a line ends. So it may die at any time; its
clients come back by themselves and resume. A text for many clients crosses once, with the numbers of their lines.

How much is under way to one client is bounded by a window: the core sends to a line while less than `WINDOW` bytes have not been
taken, and the line process tells what it could hand on (`Taken`). A client that does not read stops its own line only.
"""

from __future__ import annotations

WINDOW = 64 * 1024
"""A line has so many bytes under way before more waits at the core. A longer message goes in pieces of it."""
TAKEN_STEP = 16 * 1024
"""A line process tells of so much at once."""
