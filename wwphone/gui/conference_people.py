"""The two lists of the conference window: who is there, and who is invited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QKeyCombination, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from wwphone.domain.conference import Participant
from wwphone.gui.conference_deeds import ConferenceDeeds
from wwphone.gui.conference_pane import ConferencePane, RowDeed
from wwphone.gui.conference_rows import (
    InvitedRow,
    ParticipantRow,
    Standing,
    invited_rows,
    participant_rows,
    plan_on,
)
from wwphone.gui.conference_words import (
    Deed,
    invited_described,
    participant_described,
    room_way_in,
)
from wwphone.gui.context import Context
from wwphone.gui.forms.ui_conference import Ui_Conference
from wwphone.gui.icons import Icon
from wwphone.services.conference import INVITED_AGAIN

_COPY = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_C)


class LinkCopier:
    """Puts somebody's way into a conference onto the clipboard, and says so."""

    def __init__(self, context: Context, deeds: ConferenceDeeds) -> None:
        self._context = context
        self._deeds = deeds

    def line(self, room: str, link: str) -> str:
        """Their own way in, else the room's; empty: nobody gets in by themselves."""
        found = self._context.services.conference.room(room)
        return link or (room_way_in(found) if found is not None and found.dial_in else "")

    def copy(self, room: str, link: str, name: str) -> None:
        """Copy it."""
        QGuiApplication.clipboard().setText(self.line(room, link))
        text = QCoreApplication.translate(
            "Conference", "The dial-in of {name} is copied; paste it wherever you want to send it."
        )
        if not link:
            text = QCoreApplication.translate(
                "Conference", "The dial-in of this room is copied; paste it wherever you want to send it."
            )
        self._deeds.noticed.emit(text.replace("{name}", name))


class ParticipantsPane(ConferencePane[ParticipantRow]):
    """Who is there: muted, made a chair, hung up."""

    def __init__(self, form: Ui_Conference, context: Context, deeds: ConferenceDeeds) -> None:
        super().__init__(
            form.participants, form.there_tools_row, context, participant_described, self._deeds_with
        )
        self.room = ""
        self._deeds = deeds
        self._links = LinkCopier(context, deeds)

    def follow(self, there: Sequence[Participant]) -> None:
        """Show who is there now; when the chosen one leaves, nobody is chosen: a neighbour must not be hung up for them."""
        rows = participant_rows(self._context, self.room, there)
        if self.current is not None and self.current.key not in {row.key for row in rows}:
            self.list.setCurrentIndex(QModelIndex())
        self.model.show(rows)
        self.show_deeds()

    def _deeds_with(self, row: ParticipantRow | None) -> tuple[RowDeed, ...]:
        service = self._context.services.conference
        one = row.participant if row is not None else None
        steer = one is not None and service.may_control(self.room)
        free = one is not None and not service.is_asked(one.participant_id)
        may_mute = free and (steer or (row is not None and row.mine and service.live))
        muted, chair = one is not None and one.muted, one is not None and one.chair
        link = row is not None and bool(self._links.line(self.room, row.link))
        unmute = QCoreApplication.translate("Conference", "Let be heard again")
        mute = QCoreApplication.translate("Conference", "Mute")
        no_chair = QCoreApplication.translate("Conference", "Chair no more")
        make_chair = QCoreApplication.translate("Conference", "Make chair")
        return (
            RowDeed(
                Icon.MICROPHONE if muted else Icon.MUTE,
                unmute if muted else mute,
                "M",
                Qt.Key.Key_M,
                may_mute,
                lambda: self._mute(row),
            ),
            RowDeed(
                Icon.NO_CHAIR if chair else Icon.CHAIR,
                no_chair if chair else make_chair,
                "C",
                Qt.Key.Key_C,
                steer and free,
                lambda: self._make_chair(row),
            ),
            RowDeed(
                Icon.LINK,
                QCoreApplication.translate("Conference", "Copy the link"),
                QCoreApplication.translate("Conference", "Ctrl+C"),
                _COPY,
                link,
                lambda: self._copy(row),
            ),
            RowDeed(
                Icon.HANG_UP,
                QCoreApplication.translate("Conference", "Hang up"),
                QCoreApplication.translate("Conference", "Del"),
                Qt.Key.Key_Delete,
                steer and free,
                lambda: self._hang_up(row),
            ),
        )

    def _mute(self, row: ParticipantRow | None) -> None:
        if row is not None:
            one, service = row.participant, self._context.services.conference
            self._deeds.ask(Deed.STEER, service.set_muted((one.participant_id,), muted=not one.muted))

    def _make_chair(self, row: ParticipantRow | None) -> None:
        if row is not None:
            one, service = row.participant, self._context.services.conference
            self._deeds.ask(Deed.STEER, service.set_chair(one.participant_id, chair=not one.chair))

    def _hang_up(self, row: ParticipantRow | None) -> None:
        if row is not None:
            service = self._context.services.conference
            self._deeds.ask(Deed.STEER, service.hang_up(row.participant.participant_id))

    def _copy(self, row: ParticipantRow | None) -> None:
        if row is not None:
            self._links.copy(self.room, row.link, row.name)


class InvitedPane(ConferencePane[InvitedRow]):
    """Who is invited, by phone and by e-mail: called, called again, cleared away, written to again."""

    def __init__(self, form: Ui_Conference, context: Context, deeds: ConferenceDeeds) -> None:
        super().__init__(form.invited, form.called_tools_row, context, invited_described, self._deeds_with)
        self.room = ""
        self._deeds = deeds
        self._links = LinkCopier(context, deeds)
        self._been: set[tuple[str, datetime, str]] = set()
        """Planned conference, which of its times, and address of whoever was here by the PIN of their invitation."""

    @property
    def dropped(self) -> tuple[InvitedRow, ...]:
        """Whom one may want to call again."""
        return tuple(row for row in self.model.rows if row.dropped)

    @property
    def accepted(self) -> tuple[InvitedRow, ...]:
        """Who accepted, is not there, and has a number."""
        return tuple(row for row in self.model.rows if row.accepted_only)

    def follow(self, there: Sequence[Participant]) -> None:
        """Show what became of everybody."""
        plan = plan_on(self._context, self.room)
        been = set[str]()
        if plan is not None:
            time = plan.conference_id, plan.starts_at
            self._been |= {(*time, one.invitee) for one in there if one.invitee}
            been = {address for *of, address in self._been if tuple(of) == time}
        known = {row.key for row in self.model.rows if row.under_way}
        self.model.show(invited_rows(self._context, self.room, been, there))
        called = [
            place for place, row in enumerate(self.model.rows) if row.under_way and row.key not in known
        ]
        if called and not self.list.hasFocus():
            self.list.scrollTo(self.model.index(called[-1]))  # one has just called them and wants to see
        self.show_deeds()

    def call(self, rows: Iterable[InvitedRow]) -> None:
        """Call them in, once more or for the first time."""
        wanted = [row for row in rows if row.can_be_called]
        self._deeds.invite(self.room, [(row.number, row.name) for row in wanted])

    def _deeds_with(self, row: InvitedRow | None) -> tuple[RowDeed, ...]:
        service, plans = self._context.services.conference, self._context.services.conference_plans
        steer = row is not None and service.may_control(self.room) and not self._is_asked(row)
        over = row is not None and row.phone is not None and row.phone.state in INVITED_AGAIN
        takes_out = row is not None and (row.here_as or row.under_way or over)
        mailed = row is not None and row.invitee is not None and plans.live and plans.mail_possible
        link = row is not None and self._links.line(self.room, row.invitee.link if row.invitee else "")
        return (
            RowDeed(
                Icon.CALL,
                self._call_text(row),
                QCoreApplication.translate("Conference", "Enter"),
                Qt.Key.Key_Return,
                steer and row is not None and row.can_be_called,
                lambda: self.call((row,) if row is not None else ()),
            ),
            RowDeed(
                Icon.MAIL_AGAIN,
                QCoreApplication.translate("Conference", "Send the invitation again"),
                "S",
                Qt.Key.Key_S,
                mailed,
                lambda: self._send_again(row),
            ),
            RowDeed(
                Icon.LINK,
                QCoreApplication.translate("Conference", "Copy the link"),
                QCoreApplication.translate("Conference", "Ctrl+C"),
                _COPY,
                bool(link),
                lambda: self._copy(row),
            ),
            RowDeed(
                Icon.CLOSE if over and row is not None and not row.here_as else Icon.HANG_UP,
                self._out_text(row),
                QCoreApplication.translate("Conference", "Del"),
                Qt.Key.Key_Delete,
                steer and bool(takes_out),
                lambda: self._take_out(row),
            ),
        )

    # ------------------------------------------------------------ inside

    def _is_asked(self, row: InvitedRow) -> bool:
        asked = self._context.services.conference.is_asked
        return (row.phone is not None and asked(row.phone.invitation_id)) or asked(row.here_as)

    @staticmethod
    def _call_text(row: InvitedRow | None) -> str:
        if row is not None and row.dropped:
            return QCoreApplication.translate("Conference", "Call again")
        return QCoreApplication.translate("Conference", "Call now")

    @staticmethod
    def _out_text(row: InvitedRow | None) -> str:
        if row is not None and row.under_way:
            return QCoreApplication.translate("Conference", "Stop calling")
        if row is None or row.standing is Standing.HERE or row.phone is None:
            return QCoreApplication.translate("Conference", "Hang up")
        return QCoreApplication.translate("Conference", "Clear away")

    def _take_out(self, row: InvitedRow | None) -> None:
        if row is None:
            return
        service = self._context.services.conference
        if row.here_as:
            self._deeds.ask(Deed.STEER, service.hang_up(row.here_as))
        elif row.phone is not None:
            self._deeds.ask(Deed.STEER, service.withdraw(row.phone.invitation_id))

    def _send_again(self, row: InvitedRow | None) -> None:
        if row is None or row.invitee is None:
            return
        text = QCoreApplication.translate("Conference", "The invitation of {name} is being sent again.")
        plans = self._context.services.conference_plans
        self._deeds.ask(
            Deed.MAIL,
            plans.send_again(row.conference_id, (row.invitee.address,)),
            text.replace("{name}", row.name),
        )

    def _copy(self, row: InvitedRow | None) -> None:
        if row is not None:
            self._links.copy(self.room, row.invitee.link if row.invitee else "", row.name)
