"""Tests of the mutants; which scenarios notice them is told in tests/commands/test_mutants.py."""
