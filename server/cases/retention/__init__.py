"""How long what is in a case is kept after its end, what holds it back, and the proof that it is gone."""
