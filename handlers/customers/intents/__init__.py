"""What can be wanted of a customer's request, each with its name in the audit log (P8)."""
