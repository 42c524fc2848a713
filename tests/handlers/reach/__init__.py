"""P7: the reach check at the door."""
