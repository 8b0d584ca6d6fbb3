"""Scenarios with trackers, downloaders, peers and caches."""
