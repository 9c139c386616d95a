"""Compiled numerics: floats and float64 arrays only, status codes instead of exceptions."""
