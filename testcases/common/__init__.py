"""What every package manager owes its users, whichever it is."""
