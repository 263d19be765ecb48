"""Talking to a Label Studio server: signing in, reading in bulk, writing once. The receiver of its webhooks is elsewhere."""
