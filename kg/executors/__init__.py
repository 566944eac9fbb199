"""Evaluate queries in processes that can be killed, below one process that keeps the store."""
