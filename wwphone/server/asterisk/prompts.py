"""What our dial plan says: the sounds of `resources/prompts`, brought beside the generated configuration, where Asterisk finds them."""

from __future__ import annotations

import logging
from pathlib import Path

import wwphone
from wwphone.server.asterisk.configuration.files import write_changed_data
from wwphone.server.asterisk.configuration.rooms import PROMPTS_FOLDER

logger = logging.getLogger(__name__)
_SUFFIX = ".ulaw"


def install_prompts(configuration_folder: Path, file_mode: int) -> None:
    """Write those that are missing or other ones. Blocks. What cannot be written is logged: calls go on without it."""
    try:
        _install(configuration_folder, file_mode)
    except OSError as error:
        logger.error("callers will not hear why they are not let into a conference: %s", error)  # noqa: TRY400


def _install(configuration_folder: Path, file_mode: int) -> None:
    for source in sorted(path for path in _source().iterdir() if any(path.glob(f"*{_SUFFIX}"))):
        folder = configuration_folder / PROMPTS_FOLDER / source.name
        folder.mkdir(parents=True, exist_ok=True)
        for each in (folder.parent, folder):
            # Whoever may read the files must be able to enter.
            each.chmod(file_mode | (file_mode & 0o444) >> 2)
        sounds = {file.name: file.read_bytes() for file in source.glob(f"*{_SUFFIX}")}
        write_changed_data(folder, sounds, file_mode)


def _source() -> Path:
    """Beside the sources, or inside the installed package. Raises OSError."""
    package = Path(wwphone.__file__).parent
    for folder in (package / "resources" / "prompts", package.parent / "resources" / "prompts"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the prompts are missing: the installation is not complete")
