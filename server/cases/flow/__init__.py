"""Flows declared in YAML: states, steps between them, and what each step does to clocks and notices. Pure."""
