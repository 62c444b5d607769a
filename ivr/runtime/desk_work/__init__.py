"""What staff do beside talking: knowledge, wrap-up, sending a matter on, promised calls, earlier calls of the same caller."""
