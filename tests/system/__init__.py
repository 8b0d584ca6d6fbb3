"""Tests of namespaces, sandboxes and processes."""
