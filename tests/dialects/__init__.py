"""Tests of other suites' test files as scenarios."""
