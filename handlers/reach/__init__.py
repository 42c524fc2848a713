"""Whether everybody in every route can be reached, tried daily and told before a request needs it (P7, P9, P13)."""
