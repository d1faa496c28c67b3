"""Every scene of the window: what is shown and in which state. Pictures and tests go through the same table."""

from __future__ import annotations

from tests.gui.scene import Scene
from tests.gui.scenes_calls import CALL_SCENES
from tests.gui.scenes_conference import CONFERENCE_SCENES
from tests.gui.scenes_conference_plans import CONFERENCE_PLAN_SCENES
from tests.gui.scenes_desk_phone import DESK_PHONE_SCENES
from tests.gui.scenes_dialogs import DIALOG_SCENES
from tests.gui.scenes_history import HISTORY_SCENES
from tests.gui.scenes_imports import IMPORT_SCENES
from tests.gui.scenes_low import LOW_SCENES
from tests.gui.scenes_mail import MAIL_SCENES
from tests.gui.scenes_panels import PANEL_SCENES
from tests.gui.scenes_parking import PARKING_SCENES
from tests.gui.scenes_phonebook import PHONE_BOOK_SCENES
from tests.gui.scenes_pickup import PICKUP_SCENES
from tests.gui.scenes_reachability import REACHABILITY_SCENES
from tests.gui.scenes_recordings import RECORDING_SCENES
from tests.gui.scenes_ring_groups import RING_GROUP_SCENES
from tests.gui.scenes_sources import SOURCES_SCENES
from tests.gui.scenes_switches import SWITCH_SCENES

SCENES: tuple[Scene, ...] = (
    *PANEL_SCENES,
    *CALL_SCENES,
    *PARKING_SCENES,
    *PHONE_BOOK_SCENES,
    *IMPORT_SCENES,
    *SOURCES_SCENES,
    *HISTORY_SCENES,
    *RECORDING_SCENES,
    *CONFERENCE_SCENES,
    *CONFERENCE_PLAN_SCENES,
    *PICKUP_SCENES,
    *DESK_PHONE_SCENES,
    *DIALOG_SCENES,
    *REACHABILITY_SCENES,
    *RING_GROUP_SCENES,
    *SWITCH_SCENES,
    *MAIL_SCENES,
    *LOW_SCENES,
)
