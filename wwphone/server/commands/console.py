"""The terminal a command talks to: texts out, passwords in; never a password out that was not made here."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from wwphone.server.services.passwords import check_new_password, generated_password


class CommandFailedError(Exception):
    """The command could not be done; the text says why in words for the administrator."""


@dataclass(frozen=True)
class Console:
    """Where words go and come from."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    source: TextIO = field(default_factory=lambda: sys.stdin)
    ask_hidden: Callable[[str], str] = getpass.getpass

    def say(self, text: str) -> None:
        """Print one line."""
        self.out.write(f"{text}\n")

    def table(self, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        """Print rows under their heads; the last column may be as wide as it likes."""
        lines = [heads, *rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(heads) - 1)]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
            self.say("  ".join([*cells, line[-1]]).rstrip())

    def line(self) -> str:
        """Read one line of standard input, without its end."""
        return self.source.readline().rstrip("\r\n")

    def ask(self, question: str) -> str:
        """Print a question and read the answer."""
        self.out.write(question)
        self.out.flush()
        return self.source.readline().strip()

    def new_password(self, source: str) -> str:
        """Get a new password: `ask` twice on the terminal, `stdin` from the first line there, or `generate` one.

        A generated one is printed, this once. Raises CommandFailedError.
        """
        match source:
            case "generate":
                password = generated_password()
                self.say(f"password: {password}")
                return password
            case "stdin":
                password = self.line()
            case _:
                password = self.ask_hidden("New password: ")
                if password != self.ask_hidden("Again: "):
                    raise CommandFailedError("the two passwords differ; nothing was changed")
        try:
            return check_new_password(password)
        except ValueError as error:
            raise CommandFailedError(str(error)) from error

    def new_pin(self) -> str:
        """Ask twice for a PIN on the terminal, hidden. Raises CommandFailedError."""
        pin = self.ask_hidden("New PIN: ")
        if pin != self.ask_hidden("Again: "):
            raise CommandFailedError("the two PINs differ; nothing was changed")
        if not pin:
            raise CommandFailedError("there is no PIN; nothing was changed")
        return pin
