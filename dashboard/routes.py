"""Routes beside Streamlit's own: the geometry of a snapshot, addressed by its id.

Used by maps through a relative address (`geo/<snapshot>/<level>`), so that a rerun carries no geometry.
"""

import re
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from pipelines.api import UserError, open_snapshot

LEVELS = ("prefecture", "county")
# The bytes of one snapshot never change, so a browser may keep them for ever.
IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
_SNAPSHOT_ID = re.compile(r"[0-9A-Za-z]{8,64}")


@lru_cache(maxsize=8)
def geometry(snapshot_id: str, level: str) -> bytes:
    """Return the GeoJSON bytes of one level of one snapshot; raises UserError when it is not there."""
    return open_snapshot(snapshot_id=snapshot_id).geometry(level)


def _geo(request: Request) -> Response:
    snapshot_id, level = request.path_params["snapshot"], request.path_params["level"]
    # The id becomes a folder name further down: nothing but an id may pass.
    if level not in LEVELS or not _SNAPSHOT_ID.fullmatch(snapshot_id):
        return PlainTextResponse("not found", status_code=404)
    try:
        body = geometry(snapshot_id, level)
    except (UserError, OSError):
        return PlainTextResponse("not found", status_code=404)
    return Response(body, media_type="application/geo+json", headers=IMMUTABLE)


def routes(base_path: str) -> list[BaseRoute]:
    """Return the dashboard's routes, under the base path when the server has one."""
    prefix = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
    return [Route(f"{prefix}/geo/{{snapshot}}/{{level}}", _geo, methods=["GET"])]
