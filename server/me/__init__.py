"""A worker's own account, across the domains: signing in, profile, phone, verification, membership card."""
