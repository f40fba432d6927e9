"""Faults on demand: what an AWS endpoint, and the way to it, can do wrong."""
