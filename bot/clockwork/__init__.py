"""What happens by itself: the clock, the parts of a tick, each alone, and what begins anew where it ends by a fault."""
