"""暖蜂 (Warm Bee): the service behind the mini-program of a district trade union."""

import atexit
import gc

# Modules, tables and schemas are cycles that live as long as the process: whoever looks for garbage among them while
# they are loaded finds nothing, for a tenth of the start. `create_app` sets what holds while the service works.
gc.set_threshold(1_000_000)
# Whoever ends needs not look first through all that it made, which takes half a second.
atexit.register(gc.freeze)
