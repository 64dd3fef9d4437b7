"""Cases that somebody typed for a worker: at a desk, or in a station. The worker can take them over later."""
