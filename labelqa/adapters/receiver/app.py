"""The receiver as an application: webhooks come in, are kept, and get their answer; /health and /metrics tell how it is.

What an event means is worked out by ``labelqa sync``, for which no sender waits.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path, Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from labelqa.adapters.receiver.guards import source_of
from labelqa.adapters.receiver.reception import Reception, turned_away
from labelqa.adapters.receiver.state import health, metrics
from labelqa.adapters.receiver.tally import TYPE
from labelqa.workflows.servers.hooks import HEADER, PATH

Server = Annotated[str, Path(description="Name under which the server is connected.", examples=["label-studio"])]
_ANSWER: Final = {
    "type": "object",
    "properties": {"answer": {"type": "string"}, "number": {"type": "integer"}, "why": {"type": "string"}},
    "required": ["answer"],
}
_REFUSALS: Final = {
    400: "No JSON object, nested too deeply, or cut off.", 401: "The secret or the signature is wrong.",
    403: "Calls from this address are not listened to.", 404: "No webhook was placed on a server of this name.",
    408: "The body came too slowly.", 413: "The body is too large.", 415: "The body is packed.",
    429: "Too many calls from this address.", 500: "A defect of labelqa.",
    503: "The inbox is busy or cannot be written: it was not kept.",
}  # fmt: skip
_PAGE: Final[dict[str, Any]] = {"description": "Fine.", "content": {"text/plain": {}}}
_HEALTH: Final[dict[str, Any]] = {
    "description": "Whether all is well (200) or not (503).",
    "content": {"application/json": {"schema": {"type": "object", "required": ["status", "inbox", "worker"]}}},
}
_PAYLOAD: Final = {
    "type": "object",
    "description": "What Label Studio sends: action, annotation(s), task(s), project. Anything else is kept as it is.",
    "example": {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 35}], "project": {"id": 14}},
}


def create_app(reception: Reception) -> ASGIApp:
    """The application for one receiver; the caller opens and closes what it is given."""
    app = FastAPI(
        title="labelqa", description="Hears what changes on a Label Studio server.", version="1",
        docs_url=None, redoc_url=None, redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip

    @app.post(f"/{PATH}/{{server}}", responses=_responses(200, *_REFUSALS), openapi_extra=_takes())
    async def hook(request: Request, server: Server) -> Response:
        """Keep an event; the answer says that it is on the disk."""
        return await reception.take(request, server)

    @app.get("/health", name="health", responses=_responses(403, 429) | {200: _HEALTH, 503: _HEALTH})
    async def told_health() -> Response:
        """Whether events can be kept and are worked through."""
        fine, told = await asyncio.to_thread(health, reception)
        return JSONResponse(told, 200 if fine else 503)

    @app.get("/metrics", name="metrics", responses=_responses(403, 429) | {200: _PAGE})
    async def told_metrics() -> Response:
        """The figures, for Prometheus."""
        return Response(await asyncio.to_thread(metrics, reception), media_type=TYPE)

    return Door(app, reception)


class Door:
    """Before anything is looked at: whether calls from this address are listened to, and not too many of them."""

    def __init__(self, app: FastAPI, reception: Reception) -> None:
        self.app, self.reception = app, reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        guards = self.reception.guards
        peer, forwarded = scope.get("client") or ("", 0), Headers(scope=scope).getlist("x-forwarded-for")
        source = source_of(peer[0], forwarded, guards.proxies)
        scope.setdefault("state", {})["source"] = str(source or "")
        if not guards.lets_in(source):
            return await self._away(403, "source", scope, receive, send)
        if not self.reception.rates.takes(str(source)):
            return await self._away(429, "rate", scope, receive, send)
        return await self.app(scope, receive, send)

    async def _away(self, status: int, why: str, scope: Scope, receive: Receive, send: Send) -> None:
        self.reception.unheard(why, scope["state"]["source"])
        await turned_away(status, why)(scope, receive, send)


def _responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": _ANSWER}}
    return {each: {"description": _REFUSALS.get(each, "Fine."), "content": content} for each in statuses}


def _takes() -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _PAYLOAD}}},
        "parameters": [{"name": HEADER, "in": "header", "required": True, "schema": {"type": "string"}}],
    }
