"""暖蜂 (Warm Bee): the service behind the mini-program of a district trade union."""
