"""暖蜂 (Warm Bee): the service behind the mini-program of a district trade union."""

import gc

# Modules, tables and schemas are cycles that live as long as the process. With Python's own threshold of 700 objects
# the collector looks through all of them over and over while they are loaded: a quarter of the start.
gc.set_threshold(50_000, 20, 20)
