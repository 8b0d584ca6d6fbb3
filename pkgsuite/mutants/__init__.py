"""Mutants: the real manager with one fault each, to see whether any scenario notices."""
