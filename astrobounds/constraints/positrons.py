"""Galactic positrons: the 511 keV line of the Milky Way against the decays of all its supernovae."""

import math

from ..errors import ConfigError
from ..priors import Normal
from .gamma import DURATION_S, StarSpectrum
from .protocol import S_90
from .stars import NUCLEONS, transport_options

NUISANCE = "log10_N_pos"
WIDTH = 0.3  # flux 11 %, supernova rate 25 %, distance 15 % in its square, share of the halo


class Positrons(StarSpectrum):
    """lnL = -s_90 N_e+/N_allowed, with log10 of what the line allows as a nuisance.

    N_e+ is the mean number of positrons that decays of one supernova leave in the Galaxy. By
    convention N_e+ = N_allowed stands for the 90 % limit: the line has other sources that are not
    subtracted.

    Parameters
    ----------
    star, gravity, helicity, neutrinos, nucleons, decays
        As for :class:`astrobounds.constraints.sn1987a.SN1987ACooling`.
    duration : float
        Effective emission time [s] of the snapshot.
    positrons_allowed : float, optional
        Positrons per supernova; by default 7.4e52, which make the whole 2.7e-3/cm^2/s of the line
        with two supernovae per century and no other source. Fits of the morphology that follow the
        disk and its smearing by transport quote 1.4e52 (from memory of arXiv:2112.08382) and more.
    width : float
        Standard deviation of log10 of it, the nuisance ``log10_N_pos``.
    progenitors : sequence of (share, radius in cm), optional
        Envelopes, default 0.70 at 4e13 cm, 0.25 at 3e11 cm, 0.05 at 3e12 cm. They set the upper
        edge: decays inside the envelope do not count.
    halo_kpc : float
        Distance within which decays count.
    fireball : bool
        Leave out pairs that annihilate among themselves outside the star (upper edge).
    in_flight : bool
        Leave out positrons that annihilate before they stop (7 % at 3 MeV, 22 % at 100 MeV in neutral
        gas).
    bands : sequence of ((low, high), flux), optional
        A variation without a default: flux [1/cm^2/s] between two energies [MeV] that annihilation
        in flight may make. The strongest of the line and the bands is taken.

    Notes
    -----
    Nothing is gained in flight unless the astrophysical continuum is subtracted from ``bands``.
    """

    name = "positrons"
    _sources = ("Siegert:2015knp", "Calore:2021lih", "DelaTorreLuque:2024zsr")

    def __init__(self, star="fiducial", gravity=True, helicity="helicity", neutrinos=None,
                 duration=DURATION_S, positrons_allowed=None, width=WIDTH, progenitors=None,
                 halo_kpc=None, fireball=True, in_flight=True, bands=(), nucleons=NUCLEONS,
                 decays=True):  # fmt: skip
        from ..gamma.diffuse import PROGENITORS, check_progenitors
        from ..gamma.galactic_positrons import HALO_KPC, line_limit

        options = transport_options(gravity, helicity, nucleons, decays)
        super().__init__(star, neutrinos, duration, options)
        allowed = line_limit() if positrons_allowed is None else positrons_allowed
        for name, value in (("positrons_allowed", allowed), ("halo_kpc", halo_kpc)):
            if value is None:
                continue
            if isinstance(value, (str, bool)) or not 0.0 < value < math.inf:
                raise ConfigError(f"{self.name}: {name} = {value!r} must be a positive number")
        for name, value in (("fireball", fireball), ("in_flight", in_flight)):
            if not isinstance(value, bool):
                raise ConfigError(f"{self.name}: {name} = {value!r}: true or false is needed")
        self._bands = self._checked_bands(bands)
        self._in_flight = in_flight
        self._settings = {
            "progenitors": check_progenitors(PROGENITORS if progenitors is None else progenitors),
            "halo_kpc": HALO_KPC if halo_kpc is None else float(halo_kpc),
            "fireball": fireball,
            "emission_duration_s": self._duration,
        }
        self._whole_line = positrons_allowed is None
        self._log10 = round(math.log10(allowed), 2 if self._whole_line else 12)
        self.nuisances = {NUISANCE: Normal(self._log10, width)}

    def _checked_bands(self, bands):
        out = []
        for row in bands:
            try:
                (low, high), flux = row
                good = 0.0 < float(low) < float(high) < math.inf and 0.0 < float(flux) < math.inf
            except (TypeError, ValueError):
                good = False
            if not good:
                raise ConfigError(
                    f"{self.name}: bands = {row!r}: every one is ((low, high), flux) in MeV and 1/cm^2/s"
                )
            out.append(((float(low), float(high)), float(flux)))
        return tuple(out)

    def _result(self, model, spectrum):
        from ..gamma.galactic_positrons import positron_number

        return positron_number(model, spectrum, **self._settings)

    def _load(self, result):
        """N_e+/N_allowed at the center of the nuisance: of the line or the strongest band."""
        from ..gamma.galactic_positrons import band_limits

        stopped = result.stopped if self._in_flight else result.number
        load = stopped / 10.0**self._log10
        if self._bands and result.number > 0.0:
            load = max(load, float((result.number / band_limits(self._bands, result.kinetic)).max()))
        return load

    def loglike(self, model, nuisance):
        """Return lnL relative to no positrons."""
        load = self._load(self._result(model, self.spectrum(model)))
        return -S_90 * load * 10.0 ** (self._log10 - nuisance[NUISANCE])

    def predict(self, model):
        """Return the positrons per supernova, those that stop, and the flux of the line."""
        spectrum = self.star.emission(model, **self._emission).time_integrated(self._duration)
        result = self._result(model, spectrum)
        return {
            "positrons per supernova": result.number,
            "positrons that stop": result.stopped,
            "511 keV flux [1/cm2/s]": result.line_flux(),
        }

    def describe(self):
        """Return lines that say what was assumed."""
        prior = self.nuisances[NUISANCE]
        origin = "the whole line, no other source" if self._whole_line else "given"
        mix = ", ".join(f"{s:g} at {r:g} cm" for s, r in self._settings["progenitors"])
        lines = [
            *super().describe(),
            f"N_allowed = 10^({prior.mean:g} +- {prior.sigma:g}) positrons per supernova ({origin}) "
            "stands for the 90 % limit",
            f"envelopes: {mix}; decays within {self._settings['halo_kpc']:g} kpc",
        ]
        lines += [f"in flight {a:g}-{b:g} MeV: {f:g} /cm2/s may be theirs" for (a, b), f in self._bands]
        return lines
