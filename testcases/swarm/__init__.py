"""Scenarios for trackers, downloaders and apt between them, as DebTorrent's test program had them, and more."""
