"""What the history says when it is empty, or when what it shows is not as of now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from wwphone.gui.context import Context
from wwphone.gui.history_filter import HistoryFilterBar
from wwphone.gui.widgets.empty_state import EmptyState
from wwphone.gui.words import clock, refusal
from wwphone.services.account import Stage


def line_text(context: Context) -> str:
    """Since when what is shown is old, or why the server does not answer; empty: all is well."""
    history = context.services.history
    if not history.live:
        since = context.services.account.snapshot.link.since
        text = QCoreApplication.translate("History", "No line to the server: these calls are as of {time}.")
        return text.replace("{time}", clock(since))
    return refusal(history.trouble) if history.trouble else ""


def say_empty(
    context: Context, empty: EmptyState, filters: HistoryFilterBar, sign_in: Callable[[], None]
) -> None:
    """Say why there is no call to be seen, and offer what helps."""
    history, stage = context.services.history, context.services.account.snapshot.stage
    if stage is Stage.SIGNED_OUT:
        said = QCoreApplication.translate("History", "Your calls appear here as soon as you are signed in.")
        empty.say(said, QCoreApplication.translate("History", "Sign in"), sign_in)
    elif not history.live:
        empty.say(
            QCoreApplication.translate(
                "History", "No line to the server: your calls appear as soon as it is back."
            )
        )
    elif not history.supported:
        empty.say(
            QCoreApplication.translate(
                "History", "This server keeps no record of calls. Your administrator brings it up to date."
            )
        )
    elif history.trouble:
        empty.say(
            refusal(history.trouble), QCoreApplication.translate("History", "Try again"), history.try_again
        )
    elif history.reading or not history.was_read:
        empty.say(QCoreApplication.translate("History", "Your calls are being fetched …"))
    elif filters.is_narrow:
        empty.say(
            QCoreApplication.translate("History", "No call fits."),
            QCoreApplication.translate("History", "Show everything"),
            filters.clear,
        )
    else:
        empty.say(
            QCoreApplication.translate(
                "History", "No calls yet. Each one, taken, missed or made, will stand here."
            )
        )
