"""Numbers about cases without persons: what was promised and kept, and how workers found it."""
