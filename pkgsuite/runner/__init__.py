"""Processes and order: runs any unittest tests and tells what happens as events."""
