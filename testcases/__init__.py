"""Scenarios that ship with pkgsuite; installed as pkgsuite.testcases."""
