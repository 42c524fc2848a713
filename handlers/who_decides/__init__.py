"""Who decides a request, told before anybody makes it: for whoever looks after the policy (P7, P9)."""
