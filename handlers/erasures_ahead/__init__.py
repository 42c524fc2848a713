"""The standing card of erasures ahead: what goes soon, what is kept past its moment, and what is late and why (P12)."""
