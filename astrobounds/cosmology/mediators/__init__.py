"""Bosons that decay into pairs of neutrinos, among neutrinos."""
