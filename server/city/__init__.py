"""The only code that talks to 12345, the city's hotline, and that it talks to. Knows no case."""
