"""What the benchmarks are made of; nothing here is run by itself except the child processes that say so."""
