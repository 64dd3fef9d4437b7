"""Technical ground of the service. Knows nothing of unions, stations or cases."""
