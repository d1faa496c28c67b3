"""docs/protocol.md says what the types say."""

from __future__ import annotations

import json
import re

from wwphone.protocol import registry
from wwphone.protocol.codec import decode_client_frame, decode_server_frame
from wwphone.protocol.documentation import PAGE, page
from wwphone.protocol.errors import ErrorCode
from wwphone.protocol.frames import ClientFrame, EventsFrame, ServerFrame


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m wwphone.protocol.documentation"


def test_every_example_on_the_page_can_be_read() -> None:
    examples = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(examples) > 25
    for text in examples:
        frame = read(json.loads(text), text)
        assert frame is not None


def read(example: dict[str, object], text: str) -> ClientFrame | ServerFrame:
    """Decode a frame of either side, or a bare event inside a frame of its own."""
    if "kind" not in example:
        frame = decode_server_frame(json.dumps({"kind": "events", "revision": 1, "events": [example]}))
        assert isinstance(frame, EventsFrame)
        assert len(frame.events) == 1
        return frame
    return decode_client_frame(text) if example["kind"] == "request" else decode_server_frame(text)


def test_every_message_and_every_error_code_is_described() -> None:
    text = page()
    for name in (*registry.COMMANDS, *registry.RESULTS, *registry.EVENTS):
        assert f"`{name}`" in text
    for code in ErrorCode:
        row = re.search(rf"^\| `{code.value}` \| (.*) \|$", text, re.MULTILINE)
        assert row is not None
        assert row.group(1).strip(), f"{code} has no meaning"


def test_links_on_the_page_lead_somewhere() -> None:
    text = page()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    targets = set(re.findall(r"\]\(#([^)]*)\)", text))
    assert targets
    assert targets <= headings
