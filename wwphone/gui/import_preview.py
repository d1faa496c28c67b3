"""What an import would do, in the words of its window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from wwphone.gui.forms.ui_contact_import import Ui_ContactImport
from wwphone.gui.import_words import line_refused, number
from wwphone.services.imports import Forecast

_MOST_SHOWN = 500
"""Refused lines in the window; all of them are saved."""


def show_forecast(form: Ui_ContactImport, forecast: Forecast) -> None:
    """Put counts and refused lines where they are read."""
    counts = forecast.counts
    for name, count in (
        ("new", counts.new),
        ("changed", counts.changed),
        ("gone", counts.gone),
        ("same", counts.same),
        ("refused", forecast.refused_count),
    ):
        shown, label = getattr(form, name), getattr(form, f"{name}_label")
        shown.setText(number(count))
        shown.setAccessibleName(f"{label.text()}: {number(count)}")
    for part in (form.gone, form.gone_label):
        part.setVisible(forecast.replaces_all)
    form.mode_hint.setText(_meaning(forecast))
    lines = [line_refused(one) for one in forecast.refused[:_MOST_SHOWN]]
    more = forecast.refused_count - len(lines)
    if more > 0:
        text = QCoreApplication.translate("Imports", "… and {count} more")
        lines.append(text.format(count=number(more)))
    form.refused_list.setPlainText("\n".join(lines))
    form.refused_list.setVisible(bool(lines))


def _meaning(forecast: Forecast) -> str:
    if forecast.replaces_all:
        return QCoreApplication.translate(
            "Imports", "Afterwards the file counts: whoever is not in it is deleted."
        )
    return QCoreApplication.translate(
        "Imports", "Entries that are not in the file stay. What the file leaves empty stays, too."
    )
