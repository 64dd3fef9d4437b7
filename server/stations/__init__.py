"""The directory of places: where they are, when they are open, what they offer, what people report."""
