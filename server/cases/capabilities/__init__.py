"""What YAML cannot say: named, general things that a step does, attached to it by `does`."""
