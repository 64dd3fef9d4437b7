"""The people who keep a place: how they become managers, and what they say of it each day."""
