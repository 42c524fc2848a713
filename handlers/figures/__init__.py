"""The month at a glance, in numbers, for the two officers who oversee it all (P3 to P12)."""
