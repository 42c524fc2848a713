"""Customers hear their own calls, by e-mail, within seven working days (P8, P11)."""
