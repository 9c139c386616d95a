"""Rate tables and processes that tests of supernovae share."""

import astrobounds as ab
from astrobounds.models.mediator import Mediator
from astrobounds.supernova.transport.rate_table import rate_tables
from astrobounds.supernova.transport.settings import Resolution, Transport


def rate_table(model, star, resolution=None, r_max_km=60.0, **options):
    """The one table of a model whose reactions share one."""
    settings = Transport(resolution=resolution or Resolution(), r_max=float(r_max_km), **options)
    (table,) = rate_tables(model.mass_mev, model.processes(), star, settings)
    return table


def mixed(mass, *flavours):
    return ab.HNL.from_values({"mass": float(mass), **{f"mixing.{f}": 1e-9 for f in flavours}})


def with_dipole(mass, flavour):
    return ab.DipoleHNL.from_values({"mass": float(mass), f"dipole.{flavour}": 1e-9})


def pair_process(mass, pair, spin):
    (process,) = Mediator.from_values({"mass": float(mass), f"coupling.{pair}": 1.0}, spin=spin).processes()
    return process
