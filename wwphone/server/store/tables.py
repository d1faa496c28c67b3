"""The tables, as the newest migration leaves them (a test compares the two).

Times are stored in UTC and come back with their zone. Names of constraints are fixed, so that a migration can find them
on every database.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wwphone.server.store.moments import UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


presence_groups = sa.Table(
    "presence_groups",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("user", sa.Text, primary_key=True),
    # Asterisk does not tell Anna from anna, so neither may we.
    sa.Column("folded_user", sa.Text, nullable=False, unique=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("nickname", sa.Text, nullable=False),
    sa.Column("presence_group", sa.Text, sa.ForeignKey("presence_groups.name"), nullable=True),
    sa.Column("sip_password", sa.Text, nullable=False),
    sa.Column("cti_password_hash", sa.Text, nullable=False),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("surname", sa.Text, nullable=False),
    sa.Column("mobile", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("displayed_number", sa.Text, nullable=False),
    sa.Column("displayed_number_when_forwarding", sa.Text, nullable=False, server_default=""),
    sa.Column("offer_tls", sa.Boolean, nullable=False),
    sa.Column("hidden", sa.Boolean, nullable=False),
    sa.Column("busy_when_in_call", sa.Boolean, nullable=False),
    sa.Column("busy_when_ringing", sa.Boolean, nullable=False),
    sa.Column("in_all_users", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("automatic_recording", sa.Text, nullable=False, server_default="none"),
    # In the clear, as the PINs of `rooms`.
    sa.Column("room_pin", sa.Text, nullable=False, server_default=""),
)


def _user_column(**options: Any) -> sa.Column[str]:
    """Name a user of `users`; what hangs on a user goes with them."""
    return sa.Column("user", sa.Text, sa.ForeignKey("users.user", ondelete="CASCADE"), **options)


user_rights = sa.Table(
    "user_rights",
    metadata,
    _user_column(primary_key=True),
    sa.Column("right", sa.Text, primary_key=True),
)

user_shown_numbers = sa.Table(
    "user_shown_numbers",
    metadata,
    _user_column(primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
)

shown_defaults = sa.Table(
    "shown_defaults",
    metadata,
    _user_column(primary_key=True),
    sa.Column("called", sa.Text, primary_key=True),
    # Empty: no number is shown. What an administrator took away stays, and counts again when it is back.
    sa.Column("shown", sa.Text, nullable=False),
)

presences = sa.Table(
    "presences",
    metadata,
    _user_column(primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("back_at", UtcDateTime, nullable=True),
    sa.Column("set_from", sa.Text, nullable=False),
    # No reference: it is told even when that user is gone.
    sa.Column("set_by", sa.Text, nullable=False, server_default=""),
)

presence_journal = sa.Table(
    "presence_journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False),
    # No reference: the journal outlives the user.
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("back_at", UtcDateTime, nullable=True),
    sa.Column("set_from", sa.Text, nullable=False),
    sa.Column("connected", sa.Boolean, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("do_not_disturb", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("subject", sa.Text, nullable=False, server_default="presence"),
    sa.Column("subject_name", sa.Text, nullable=False, server_default=""),
    sa.Column("subject_on", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "user", "id"),
)

disturbances = sa.Table(
    "disturbances",
    metadata,
    _user_column(primary_key=True),
    sa.Column("do_not_disturb", sa.Boolean, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("set_from", sa.Text, nullable=False),
)

forwardings = sa.Table(
    "forwardings",
    metadata,
    _user_column(primary_key=True),
    sa.Column("cause", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("after_s", sa.Integer, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    _user_column(nullable=False, index=True),
    sa.Column("host_name", sa.Text, nullable=False),
    sa.Column("softphone", sa.Boolean, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False),
)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("address", sa.Text, nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)

ring_groups = sa.Table(
    "ring_groups",
    metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("calls_at_once", sa.Integer, nullable=False, server_default="0"),
    sa.Column("most_waiting", sa.Integer, nullable=False, server_default="0"),
    sa.Column("longest_wait_s", sa.Integer, nullable=False, server_default="300"),
    sa.Column("waiting_sound", sa.Text, nullable=False, server_default="music"),
    sa.Column("then_number", sa.Text, nullable=False, server_default=""),
    # No reference: whoever it was, calls go on as if nothing was set when the user is gone.
    sa.Column("then_mailbox_of", sa.Text, nullable=False, server_default=""),
    sa.Column("all_users", sa.Boolean, nullable=False, server_default=sa.false()),
)

ring_group_members = sa.Table(
    "ring_group_members",
    metadata,
    sa.Column(
        "ring_group", sa.Text, sa.ForeignKey("ring_groups.number", ondelete="CASCADE"), primary_key=True
    ),
    _user_column(primary_key=True),
)

ring_group_logins = sa.Table(
    "ring_group_logins",
    metadata,
    sa.Column(
        "ring_group", sa.Text, sa.ForeignKey("ring_groups.number", ondelete="CASCADE"), primary_key=True
    ),
    _user_column(primary_key=True),
    sa.Column("logged_in", sa.Boolean, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("set_from", sa.Text, nullable=False),
)
"""Of every member who ever logged out or in; a new member is logged in."""

switches = sa.Table(
    "switches",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("for_all", sa.Boolean, nullable=False),
)


def _switch_column(**options: Any) -> sa.Column[str]:
    """Name a switch; what hangs on it goes with it."""
    return sa.Column("switch", sa.Text, sa.ForeignKey("switches.name", ondelete="CASCADE"), **options)


switch_routes = sa.Table(
    "switch_routes",
    metadata,
    _switch_column(primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("to_number", sa.Text, nullable=False),
    sa.Column("to_mailbox_of", sa.Text, nullable=False),
)

switch_states = sa.Table(
    "switch_states",
    metadata,
    _switch_column(primary_key=True),
    sa.Column("on", sa.Boolean, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    # No reference: the administrator may have done it, and a user who did may be gone.
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_from", sa.Text, nullable=False),
)

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # In the clear: the PBX compares it with what is keyed in.
    sa.Column("pin", sa.Text, nullable=False),
    # The room outlives its owner. 901 leads to one room only.
    sa.Column("owner", sa.Text, sa.ForeignKey("users.user", ondelete="SET NULL"), nullable=True, unique=True),
)

pickup_rules = sa.Table(
    "pickup_rules",
    metadata,
    sa.Column(
        "presence_group",
        sa.Text,
        sa.ForeignKey("presence_groups.name", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column(
        "by_group", sa.Text, sa.ForeignKey("presence_groups.name", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("pick_up", sa.Boolean, nullable=False),
    sa.Column("see_caller", sa.Boolean, nullable=False),
)

CONTACT_DETAILS = ("first_name", "surname", "company", "office", "mobile", "private", "email", "note")
"""The columns that are `ContactDetails`, in its order."""

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("contact_id", sa.Text, primary_key=True),
    # Nobody: everybody sees it.
    sa.Column("owner", sa.Text, sa.ForeignKey("users.user", ondelete="CASCADE"), nullable=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in CONTACT_DETAILS),
    sa.Column("revision", sa.BigInteger, nullable=False, unique=True),
    # No reference: it is told even when that user is gone.
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("removed_at", UtcDateTime, nullable=True, index=True),
    # Removed so long ago that its details are gone.
    sa.Column("wiped", sa.Boolean, nullable=False),
    sa.Index(None, "owner", "revision"),
)

favourites = sa.Table(
    "favourites",
    metadata,
    _user_column(primary_key=True),
    sa.Column(
        "contact_id",
        sa.Text,
        sa.ForeignKey("contacts.contact_id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)
"""Entries that users marked."""

contact_imports = sa.Table(
    "contact_imports",
    metadata,
    sa.Column("import_id", sa.Text, primary_key=True),
    # Whose entries: nobody's are everybody's.
    sa.Column("owner", sa.Text, sa.ForeignKey("users.user", ondelete="CASCADE"), nullable=True),
    # No reference: it is told even when that user is gone.
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    # The fields that such a file can hold, separated by blanks.
    sa.Column("known", sa.Text, nullable=False),
    sa.Column("touched_at", UtcDateTime, nullable=False),
    # Empty: it is staged still, and was not carried out.
    sa.Column("done_at", UtcDateTime, nullable=True),
    sa.Column("replaces_all", sa.Boolean, nullable=False),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("new", "changed", "same", "gone")),
    sa.Column("undone_by", sa.Text, nullable=False),
    sa.Column("undone_at", UtcDateTime, nullable=True),
    sa.Index(None, "done_at"),
)

contact_import_rows = sa.Table(
    "contact_import_rows",
    metadata,
    sa.Column(
        "import_id", sa.Text, sa.ForeignKey("contact_imports.import_id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("line", sa.Integer, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in CONTACT_DETAILS),
)
"""What was sent of a file, until it is carried out or forgotten."""

contact_import_changes = sa.Table(
    "contact_import_changes",
    metadata,
    sa.Column(
        "import_id", sa.Text, sa.ForeignKey("contact_imports.import_id", ondelete="CASCADE"), primary_key=True
    ),
    # No reference: entries go with their owner.
    sa.Column("contact_id", sa.Text, primary_key=True),
    # What the import gave the entry: another one means that it was changed since.
    sa.Column("revision", sa.BigInteger, nullable=False),
    # `absent`, `changed` or `removed`: what undoing has to mend.
    sa.Column("was", sa.Text, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in CONTACT_DETAILS),
)
"""What an import did to each entry, and what stood in the changed ones before."""
history = sa.Table(
    "history",
    metadata,
    sa.Column("entry_id", sa.Text, primary_key=True),
    _user_column(nullable=False),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("called", sa.Text, nullable=False),
    sa.Column("group_name", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ring_ms", sa.BigInteger, nullable=False),
    sa.Column("talk_ms", sa.BigInteger, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    # No reference: it is told even when that user is gone.
    sa.Column("taken_by", sa.Text, nullable=False),
    sa.Column("device", sa.Text, nullable=False),
    # Empty: no client told.
    sa.Column("quality", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("recording_id", sa.Text, nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    # No reference, as above.
    sa.Column("done_by", sa.Text, nullable=False),
    sa.Column("done_at", UtcDateTime, nullable=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    # The same for all ways to write the number.
    sa.Column("line_key", sa.Text, nullable=False),
    # Of the text in `history_texts` by which the row is found.
    sa.Column("search_key", sa.Text, nullable=False, server_default=""),
    # In the order of pages; the rest for filters, so that counting looks at no row (for open tasks: ix_history_open).
    sa.Index(
        "ix_history_pages",
        *("user", "started_at", "entry_id", "direction", "result", "kind", "recording_id"),
    ),
    sa.Index("ix_history_line", "user", "line_key", "started_at", "entry_id"),
    sa.Index(
        "ix_history_text", *("user", "search_key", "started_at", "entry_id", "direction", "result", "kind")
    ),
    sa.Index("ix_history_started_at", "started_at"),
    sa.Index(
        "ix_history_open",
        "user",
        "line_key",
        sqlite_where=sa.text("task = 'open'"),
        postgresql_where=sa.text("task = 'open'"),
    ),
)

history_texts = sa.Table(
    "history_texts",
    metadata,
    _user_column(primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    # Folded.
    sa.Column("search", sa.Text, nullable=False),
    # How many rows have it.
    sa.Column("calls", sa.Integer, nullable=False),
    # So that a user's texts lie together.
    sqlite_with_rowid=False,
)
"""Names, numbers and notes of a user's rows, each text once: people call the same numbers again and again, and searching reads all texts."""

history_legs = sa.Table(
    "history_legs",
    metadata,
    sa.Column("entry_id", sa.Text, sa.ForeignKey("history.entry_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("leg_id", sa.Text, primary_key=True, index=True),
)
"""Which channels of the PBX a row's owner had in the call."""

history_sip_calls = sa.Table(
    "history_sip_calls",
    metadata,
    sa.Column("entry_id", sa.Text, sa.ForeignKey("history.entry_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sip_call_id", sa.Text, primary_key=True, index=True),
)

call_words = sa.Table(
    "call_words",
    metadata,
    _user_column(primary_key=True),
    sa.Column("leg_id", sa.Text, primary_key=True),
    # None: not told.
    sa.Column("note", sa.Text, nullable=True),
    sa.Column("quality", sa.Text, nullable=True),
    sa.Column("recording_id", sa.Text, nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""What was told of calls that have no row yet."""

history_marks = sa.Table(
    "history_marks",
    metadata,
    sa.Column("pbx", sa.Text, primary_key=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
)
"""How far the PBX's records were read; written with the rows that come of it."""

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
"""`directory` grows with every change of users, groups, ring groups, rooms and rules of pick-up, in the same transaction: a running server watches it.
`phonebook` does the same for entries of the phone book, whose revisions it gives; `phonebook_id` is a random number that never changes. `history` does so for the record of calls."""
