"""Tests of claims about what was observed."""
