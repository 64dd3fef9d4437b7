"""The only code that talks to the SMS provider."""
