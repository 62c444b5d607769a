"""Cases that another system keeps: how one is found, whom it may be told to, and what is said of it."""
