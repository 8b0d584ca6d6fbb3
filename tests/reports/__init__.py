"""Tests of what turns events into text."""
