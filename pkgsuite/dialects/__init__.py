"""Other suites' test files as scenarios."""
