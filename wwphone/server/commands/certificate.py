"""`wwphone-server certificate`: a private authority and a certificate for the CTI server and the PBX."""

from __future__ import annotations

import argparse

from wwphone.server.certificates import CertificateError, issue
from wwphone.server.commands.console import CommandFailedError, Console


def make_certificate(options: argparse.Namespace, console: Console) -> None:
    """Make the files and say what to do with them. Raises CommandFailedError."""
    try:
        files = issue(options.folder, options.host, options.days)
    except (CertificateError, ValueError, OSError) as error:
        raise CommandFailedError(f"no certificate was made: {error}") from error
    console.say(f"certificate for {', '.join(options.host)}, good for {options.days} days:")
    console.say(f"  tls.certificate            {files.certificate}")
    console.say(f"  tls.key                    {files.key}")
    console.say(f"  sip.certificate_authority  {files.authority}   (give this one to the clients too)")
