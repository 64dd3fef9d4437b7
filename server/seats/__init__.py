"""Everything scarce is a seat: pools with a capacity, claims on them, a waiting list, promotion.

Knows nothing of what is handed out. Activities (and later courses, vouchers, subsidies) point at a pool, and say
in their own words (`owners`) what happened to a claim.
"""
