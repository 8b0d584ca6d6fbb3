"""Values that scenarios speak of: files, packages, commands and what was observed."""
