"""The inbox: what webhooks deliver, kept on disk before the sender gets its answer, in a file of its own.

What an event means is not decided here, and no server is asked anything.
"""

from labelqa.intake.inbox.inbox import Inbox, InboxCounts, Last, Seen, open_inbox
from labelqa.intake.inbox.payload import LONGEST, Arrival, Unreadable, arrival
from labelqa.intake.inbox.writer import NoRoom, Stored

__all__ = [
    "LONGEST", "Arrival", "Inbox", "InboxCounts", "Last", "NoRoom", "Seen", "Stored", "Unreadable", "arrival",
    "open_inbox",
]  # fmt: skip
