"""The month at a glance, in numbers, for the two officers who oversee it all (P5 to P12)."""
