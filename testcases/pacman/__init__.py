"""Scenarios for pacman."""
