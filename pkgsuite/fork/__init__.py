"""Run the tests of a class in a forked process, and tell their outcomes as if they had run here."""
