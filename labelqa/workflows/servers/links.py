"""Where on its server an item can be looked at: a link for people, made of names and numbers that are recorded.

Nothing is asked of the server, so a link may lead to a task that is gone.
"""

from __future__ import annotations

from labelqa.ledger.view import Facts
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.connecting import fold_servers


def task_url(url: str, project: str, task: str) -> str:
    """The page of a task on a server; "" for what is no web address, or no number.

    >>> task_url("https://labels.example.com/", "7", "42")
    'https://labels.example.com/projects/7/data?task=42'
    >>> task_url("javascript:alert(1)", "7", "42")
    ''
    """
    plain = url.startswith(("https://", "http://")) and all(
        each.isascii() and each.isdecimal() for each in (project, task)
    )
    return f"{url.rstrip('/')}/projects/{project}/data?task={task}" if plain else ""


def project_url(url: str, project: int) -> str:
    """The page of a project on a server; "" for what is no web address.

    >>> project_url("https://labels.example.com", 7)
    'https://labels.example.com/projects/7/data'
    """
    return f"{url.rstrip('/')}/projects/{project}/data" if url.startswith(("https://", "http://")) else ""


def item_url(desk: Desk, item_id: str) -> str:
    """The page of an item's task on the server that it came from; "" where it came from none that is connected."""
    return _url(desk.ledger.view(), desk.intake.accounts.source_of(item_id))


def _url(facts: Facts, source: tuple[str, str, str] | None) -> str:
    if source is None:
        return ""
    server = fold_servers(facts).get(source[0])
    return task_url(server.url, source[1], source[2]) if server is not None and not server.ended else ""
