"""The CTI server is killed in the middle of a call: the call does not notice, and the window is right again at once.

On SQLite and on PostgreSQL: what a restart needs comes from the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OUR_MICROPHONE, OUR_SPEAKER, THEIR_SPEAKER
from tests.helpers.agent import AgentPhone
from tests.helpers.baresip import PhoneSound
from tests.helpers.baresip_control import EventKind
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.fake_cti_server import FakeNetwork
from tests.helpers.observer import LoopThread, Observer, observer_in
from tests.helpers.postgres import PostgresServer
from tests.helpers.sound import SoundServer, monitor_of
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.cti.link.retry import RetryTimes

pytestmark = pytest.mark.end_to_end

OUR_TONE_HZ, THEIR_TONE_HZ = 440, 660
BEAT, EVA = "Beat Keller", "Eva Schönenberger"
RIGHT_AGAIN_WITHIN_S = 0.5 * SECONDS
"""From the line's return to a window that shows what the server knows (shared requirement of client and server)."""
LONGEST_PAUSE_S = RetryTimes().longest_s
"""The longer the server was away, the less often the client knocks."""
LOOKER_ON = "verena"
RESUMED = 'wwphone_sign_ins_total{kind="resume",outcome="ok"}'


@pytest.fixture(params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealCompany]:
    """A company whose server keeps its data in this database; of each test's own, because it is restarted."""
    folder = tmp_path / "company"
    if request.param == "sqlite":
        with RealCompany(folder) as running:
            yield running
        return
    with PostgresServer() as postgres, RealCompany(folder, CompanyPlan(postgres.new_database())) as running:
        yield running


def test_a_call_survives_the_server_and_the_window_is_right_again_at_once(
    company: RealCompany, sound: SoundServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = sound.environment(OUR_SPEAKER, OUR_MICROPHONE), sound.environment(THEIR_SPEAKER)
    with LoopThread() as loop:
        network = loop.run(FakeNetwork(company.cti_port).start())
        with (
            Client(seat_in(company, "anna", environment=ours, port=network.port), tmp_path / "anna") as anna,
            company.phone("beat", PhoneSound(THEIR_TONE_HZ, theirs)) as beat,
            AgentPhone("eva", tmp_path) as eva,
            sound.say(OUR_MICROPHONE, OUR_TONE_HZ, 600),
        ):
            beat.register()
            anna.wait_until_reachable()
            anna.dial(BEAT)
            beat.wait_for(EventKind.CALL_INCOMING)
            beat.answer()
            both_hear_each_other(sound)
            anna.wait_for(lambda: "no phone" in anna.row(EVA), "that Eva has no phone")

            company.kill_server()

            anna.wait_for_banner("No line to the server since")
            anna.wait_for(
                lambda: any("as of" in text for text in anna.window().texts()), "the time of the list"
            )
            eva.register(company.sip_account("eva"))  # nobody tells anna yet
            anna.press("Hold the call", within=BEAT)  # the telephone does not need the server
            anna.wait_until_held(BEAT)
            anna.press("Resume the call", within=BEAT)
            anna.wait_until_talking(BEAT)
            both_hear_each_other(sound)
            assert "no phone" in anna.row(EVA)
            painted_before = len(anna.painted())

            company.start_server()

            anna.wait_for(
                lambda: not anna.banners(), "the end of all banners", LONGEST_PAUSE_S + 10 * SECONDS
            )
            anna.wait_for(lambda: anna.row(EVA) and "no phone" not in anna.row(EVA), "Eva's phone")
            line_back_s = network.accepted_at_s
            wait_until(lambda: company.figure(RESUMED) >= 1, "the session to be resumed")
            with observer_in(company, LOOKER_ON, loop) as observer:
                # Phones answer their first probe in their own time: both are asked until they agree.
                truth = anna.wait_for(lambda: agreed_rows(observer, anna), "what the server says")
                assert any(row.startswith(EVA) and "no phone" not in row for row in truth)
            rows_painted = [note for note in anna.painted(painted_before) if note.says in truth]
            right_after_s = max(note.at_s for note in rows_painted) - line_back_s
            both_hear_each_other(sound)
            anna.press("Hang up", within=BEAT)
            beat.wait_for(EventKind.CALL_CLOSED)
            wait_until(lambda: not company.channels(), "the end of all channels")
        loop.run(network.stop())
    with capsys.disabled():
        print(f"\nwindow equal to the CTI server {right_after_s * 1000:.0f} ms after the line came back")
    assert right_after_s <= RIGHT_AGAIN_WITHIN_S


def agreed_rows(observer: Observer, anna: Client) -> set[str] | None:
    """What the server says of everybody, when the window says the same; None when it does not."""
    truth = observer.rows()
    return truth if truth <= set(anna.rows()) else None


def both_hear_each_other(sound: SoundServer) -> None:
    sound.wait_for_tone(monitor_of(THEIR_SPEAKER), OUR_TONE_HZ)
    sound.wait_for_tone(monitor_of(OUR_SPEAKER), THEIR_TONE_HZ)
