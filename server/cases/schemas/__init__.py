"""Wire shapes of services and cases."""
