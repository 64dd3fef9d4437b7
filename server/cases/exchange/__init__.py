"""Cases that the union and 12345 hand each other: whose number, whose turn, and what still has to be told."""
