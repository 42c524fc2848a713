"""Sixty searches in people's own words, and registers of any size to try them on; what each must find is told by plain filters."""
