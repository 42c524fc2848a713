"""What every matter needs, said once, whatever kind it is."""
