"""End-to-end tests for package managers, as ordinary unittest."""
