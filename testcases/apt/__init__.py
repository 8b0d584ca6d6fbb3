"""Scenarios for apt and dpkg."""
