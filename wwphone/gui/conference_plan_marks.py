"""Marks the fields of a plan that something is wrong with, each with what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from wwphone.domain.conference_plans import PlanProblem, PlanRemark
from wwphone.gui.conference_plan_words import remark_text
from wwphone.gui.forms.ui_conference_plan import Ui_ConferencePlan

_OF_TEXTS = frozenset({PlanProblem.TOO_LONG, PlanProblem.CONTROL_CHARACTERS, PlanProblem.BAD_ADDRESS})
"""Their detail says which text it is; else it is the beginning of an address."""
_FIELDS: Mapping[PlanProblem, tuple[str, ...]] = MappingProxyType(
    {
        PlanProblem.NO_TITLE: ("plan_title",),
        PlanProblem.NO_NUMBER: ("description",),
        PlanProblem.NO_PIN: ("description",),
        PlanProblem.NO_ADDRESS: ("addresses",),
        PlanProblem.TOO_MANY_ADDRESSES: ("addresses",),
        PlanProblem.IN_THE_PAST: ("day", "time"),
        PlanProblem.BAD_DURATION: ("duration",),
        PlanProblem.UNKNOWN_ZONE: ("zone",),
        PlanProblem.UNKNOWN_ROOM: ("room",),
        PlanProblem.ROOM_TAKEN: ("room",),
    }
)
"""The fields of the others, as the form calls them."""


class PlanMarks:
    """A frame for whoever sees it, a description for whoever has it read out."""

    def __init__(self, form: Ui_ConferencePlan) -> None:
        self._form = form
        self._texts: dict[str, QWidget] = {
            "title": form.plan_title,
            "place": form.place,
            "description": form.description,
            "reply_to": form.reply_to,
        }
        self._marked: list[QWidget] = []

    @property
    def marked(self) -> tuple[QWidget, ...]:
        """The fields that are marked, in the order of the remarks."""
        return tuple(self._marked)

    def put(self, remarks: Iterable[PlanRemark]) -> None:
        """Mark what these are about, and nothing else."""
        wrong = dict[QWidget, list[str]]()
        for remark in remarks:
            for field in self._fields(remark):
                wrong.setdefault(field, []).append(remark_text(remark))
        for field in self._marked:
            if field not in wrong:
                _mark(field, "")
        for field, texts in wrong.items():
            _mark(field, " ".join(texts))
        self._marked = list(wrong)

    # ------------------------------------------------------------ inside

    def _fields(self, remark: PlanRemark) -> tuple[QWidget, ...]:
        if remark.problem in _OF_TEXTS:
            return (self._texts.get(remark.detail) or self._address(remark.detail),)
        if remark.problem is PlanProblem.UNKNOWN_VARIABLE:
            form = self._form
            written = {
                form.plan_title: form.plan_title.text(),
                form.place: form.place.text(),
                form.description: form.description.toPlainText(),
            }
            return tuple(field for field, text in written.items() if remark.detail in text)
        return tuple(getattr(self._form, name) for name in _FIELDS.get(remark.problem, ()))

    def _address(self, begun: str) -> QWidget:
        """The field in which an address stands: that for answers only where nobody is invited by it."""
        form = self._form
        answers, invited = form.reply_to.text().strip(), form.addresses.toPlainText()
        return (
            form.reply_to if begun and answers.startswith(begun) and begun not in invited else form.addresses
        )


def _mark(field: QWidget, text: str) -> None:
    field.setProperty("invalid", bool(text))
    field.setAccessibleDescription(text)
    field.style().unpolish(field)
    field.style().polish(field)
