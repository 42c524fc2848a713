"""What happens by itself: the clock, the parts of a tick, each alone, and what starts again where it ends by a fault."""
