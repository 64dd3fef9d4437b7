"""What `make run` and the tests start. Absent from the production image."""
