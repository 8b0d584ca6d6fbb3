"""Tests of the formats: bytes in, bytes out."""
