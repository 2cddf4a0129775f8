"""Whether this machine can listen on an address."""

from __future__ import annotations

import socket
import sys


def why_not(host: str, port: int) -> str | None:
    """Why nobody could listen on `host`:`port` now, in the system's words; None when it is free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: a port whose last connections are only winding down is free.
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return None
