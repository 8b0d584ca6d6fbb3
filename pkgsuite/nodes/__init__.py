"""Servers that are forked beside the machines."""
