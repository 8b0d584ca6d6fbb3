"""Tests of pkgsuite itself."""
