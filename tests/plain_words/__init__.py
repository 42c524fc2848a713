"""What people write in words of their own, and what each leads to."""
