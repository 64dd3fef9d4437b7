"""Those who work for the unions: accounts, and roles granted for a time in the subtree of a union."""
