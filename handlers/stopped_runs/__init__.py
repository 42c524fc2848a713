"""The breaker: a day with unusually many erasures stops until two people agree that they are meant (P12)."""
