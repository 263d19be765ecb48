"""What waits for the person who asks, and one item of it with all that is needed to judge it."""

from labelqa.workflows.queue.groups import queue_of
from labelqa.workflows.queue.item import waiting_item

__all__ = ["queue_of", "waiting_item"]
