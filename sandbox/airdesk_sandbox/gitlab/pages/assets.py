"""Scripts that pages load: Mermaid, as npm installed it beside the CI engine."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_MODULES = Path(__file__).parents[3] / "node_modules"
_SCRIPTS = {
    "mermaid.js": _MODULES / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js",
    "site.js": Path(__file__).parents[1] / "templates" / "site.js",
}


def asset_routes() -> list[BaseRoute]:
    return [Route("/-/assets/{name}", _asset, methods=["GET"])]


async def _asset(request: Request) -> Response:
    path = _SCRIPTS.get(request.path_params["name"])
    if path is None or not path.is_file():
        # a graph then stays its own text: pages do without the script
        return PlainTextResponse("There is no such file.", 404)
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(path, media_type="text/javascript", headers=headers)
