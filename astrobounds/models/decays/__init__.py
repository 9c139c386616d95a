"""Widths of decays as plain functions of floats [MeV], one file a particle, and what pairs radiate."""
