"""How to speak to each package manager; nothing in here runs anything."""
