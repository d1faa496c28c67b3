"""From an administrator's settings to sources that can be asked.

Each kind's libraries are loaded when there is such a source: most servers have none, and start a sixth faster.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable

from wwphone.server.source_settings import SourceKind, SourceSettings, SourceSettingsError
from wwphone.server.sources_api import SourceReader


def open_source(settings: SourceSettings) -> SourceReader:
    """Build one source and ask nothing yet. Raises SourceSettingsError for an authority that cannot be read."""
    tls = _tls(settings) if settings.encrypted else None
    if settings.kind is SourceKind.LDAP:
        from wwphone.server.sources.ldap import LdapSource  # noqa: PLC0415 - see above

        return LdapSource(settings, tls)
    from wwphone.server.sources.carddav import CardDavSource  # noqa: PLC0415 - see above

    return CardDavSource(settings, tls)


def open_sources(settings: Iterable[SourceSettings]) -> tuple[SourceReader, ...]:
    """Build all of them. Raises SourceSettingsError."""
    return tuple(open_source(one) for one in settings)


def _tls(settings: SourceSettings) -> ssl.SSLContext:
    """Certificates are examined, names too; there is no way to switch that off."""
    file = settings.certificate_authority
    try:
        return ssl.create_default_context(cafile=str(file) if file else None)
    except OSError as error:
        key = f"sources.{settings.source_id}.certificate_authority"
        raise SourceSettingsError(f"{key} cannot be read: {error}") from error
