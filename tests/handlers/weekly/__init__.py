"""The weekly card at the door."""
