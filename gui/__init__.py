"""A window over `pkgsuite run`; installed as pkgsuite.gui."""
