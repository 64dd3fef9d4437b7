"""Processes that speak the HTTP of WeChat and of an SMS provider, for development and tests, faults included."""
