"""Linux: namespaces, sandboxes, processes. Nothing in here has heard of packages."""
