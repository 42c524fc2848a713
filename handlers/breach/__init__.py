"""Confidential reports of a suspected breach (P13): private to those who handle them, hidden from those accused."""
