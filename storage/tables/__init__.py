"""The tables, each group as typed dataclasses beside `storage/records.py`: what fewer rooms ask for stands in one of these."""
