"""Activities of the union and signing up for them. The seats are of the `seats` domain."""
