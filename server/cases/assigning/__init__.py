"""Who outside of the desk has a case in hand, e.g. a lawyer: whom to ask, who was asked, and what the two write."""
