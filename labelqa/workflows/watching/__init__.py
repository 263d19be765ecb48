"""Look at what came in as soon as it is there: the gate, gold, running charts, flags; and the alerts that come of it."""

from labelqa.workflows.watching.keeping import alert_lines, see_alert
from labelqa.workflows.watching.looking import watch, watch_again, watch_file, watch_samples

__all__ = ["alert_lines", "see_alert", "watch", "watch_again", "watch_file", "watch_samples"]
