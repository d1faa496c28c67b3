"""Whom a planned conference invites, in a table: what became of each mail, and what each one answered."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from wwphone.domain.conference_plans import Answer, InvitationMail, Invitee, PlannedConference, for_time
from wwphone.gui.conference_plan_words import answer_text, invitee_name, mail_word
from wwphone.gui.context import Context
from wwphone.gui.icons import Icon, icon
from wwphone.gui.tooltips import plain

_ADDRESS = Qt.ItemDataRole.UserRole
_MAIL_ICONS = {
    InvitationMail.SENT: (Icon.TICK, "status_grey"),
    InvitationMail.FAILED: (Icon.WARNING, "status_red"),
    InvitationMail.UNCERTAIN: (Icon.DETAILS, "status_yellow"),
}
_ANSWER_ICONS = {
    Answer.ACCEPTED: (Icon.TICK, "status_green"),
    Answer.TENTATIVE: (Icon.DETAILS, "status_yellow"),
    Answer.DECLINED: (Icon.CLOSE, "status_red"),
}
"""Each with the colour of the theme that it has."""


@dataclass(frozen=True)
class _Line:
    """What the table says of somebody."""

    invitee: Invitee
    answer: Answer
    """For the time of the conference that is told, which of a repeated one is the next."""
    words: str
    """The same in words, and what they answered for other times."""
    mine: bool
    """It is whoever invites."""


class ConferenceInvitees(QObject):
    """Each keeps their line: a mail of five hundred that was sent touches one, and whoever reads stays there."""

    def __init__(self, table: QTreeWidget, context: Context) -> None:
        super().__init__(table)
        self._table = table
        self._context = context
        self._shown: tuple[_Line, ...] = ()
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.header().setSectionsMovable(False)

    @property
    def chosen(self) -> frozenset[str]:
        """The addresses of those who are selected."""
        return frozenset(item.data(0, _ADDRESS) for item in self._table.selectedItems())

    def show(self, conference: PlannedConference) -> None:
        """Show whom it invites from now on; who is selected stays so."""
        at = conference.starts_at
        lines = tuple(
            _Line(one, for_time(one, at).answer, answer_text(one, at), self._is_me(one))
            for one in conference.invitees
        )
        self._table.blockSignals(True)
        if [line.invitee.address for line in lines] != [line.invitee.address for line in self._shown]:
            self._fill(lines)
        else:
            for row, (line, former) in enumerate(zip(lines, self._shown, strict=True)):
                if line != former and (item := self._table.topLevelItem(row)) is not None:
                    self._write(item, line)
        self._shown = lines
        self._table.blockSignals(False)

    def show_anew(self) -> None:
        """Let each one be written anew the next time: the language or the colours are others."""
        self._shown = ()

    def retranslate(self) -> None:
        """Put every text anew."""
        self._table.setHeaderLabels([self.tr("Invited"), self.tr("E-mail"), self.tr("Answer")])

    # ------------------------------------------------------------ inside

    def _fill(self, lines: tuple[_Line, ...]) -> None:
        chosen, place = self.chosen, self._table.verticalScrollBar().value()
        items = [self._item(line) for line in lines]
        self._table.clear()
        self._table.addTopLevelItems(items)
        for item in items if chosen else ():
            item.setSelected(item.data(0, _ADDRESS) in chosen)
        self._table.verticalScrollBar().setValue(place)

    def _is_me(self, invitee: Invitee) -> bool:
        services = self._context.services
        profile = services.account.snapshot.profile
        if profile is None:
            return False
        own = services.presence.line(profile.user)
        address = own.colleague.email if own is not None else ""
        by_address = bool(address) and invitee.address.casefold() == address.casefold()
        return by_address or (bool(invitee.number) and invitee.number == profile.number)

    def _item(self, line: _Line) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(0, _ADDRESS, line.invitee.address)
        self._write(item, line)
        return item

    def _write(self, item: QTreeWidgetItem, line: _Line) -> None:
        one, name, words = line.invitee, invitee_name(line.invitee), line.words
        if line.mine:
            name = self.tr("{name} (you)").replace("{name}", name)
        if line.mine and line.answer is Answer.NONE and not one.times:
            words = self.tr("you invite")  # nobody waits for one's own answer
        for column, text in enumerate((name, mail_word(one.mail), words)):
            item.setText(column, text)
        for column, text in (
            (0, one.address),
            (1, one.mail_words),
            (2, line.words if one.times else ""),
        ):
            item.setToolTip(column, plain(text))
        for column, shown in ((1, _MAIL_ICONS.get(one.mail)), (2, _ANSWER_ICONS.get(line.answer))):
            which, colour = shown or (None, "")
            colours = self._context.theme.colours
            item.setIcon(column, icon(which, getattr(colours, colour)) if which is not None else QIcon())
