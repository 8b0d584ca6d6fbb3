"""What performance claims rest on: each runs both sides in one go and prints the ratio."""
