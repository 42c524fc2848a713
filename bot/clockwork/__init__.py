"""What happens without a person: the clock, the independent parts of a tick, and workers that restart after a fault."""
