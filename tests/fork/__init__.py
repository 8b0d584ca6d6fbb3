"""Tests of the fork between the host and the world."""
