"""Forms declared in YAML: what is asked, when, how it is checked and what is computed from it. Pure."""
