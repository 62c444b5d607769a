"""Ways to call without a telephone. Composes testing, web and cli; absent in production, where `/phone` is 404."""
