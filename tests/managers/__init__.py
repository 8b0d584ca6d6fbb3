"""Tests of what managers say of themselves."""
