"""SN1987A cooling: the luminosity in a new particle at one second against what the burst allows."""

from ..errors import ConfigError
from ..priors import Normal
from .protocol import S_90
from .stars import star_of, transport_options

LOG10_ALLOWED = (52.4771, 0.2)  # log10(3e52 erg/s) and the spread of models of the cooling at 1 s


class SN1987ACooling:
    """lnL = -s_90 L_X/L_allowed, with log10 L_allowed as a nuisance.

    The neutrino signal of SN1987A lasted about ten seconds; a new particle that carries off more
    than the neutrino luminosity at one second would have halved it. That criterion has no
    confidence level: by convention L_X = L_allowed stands for the 90 % limit. The likelihood is
    smooth, falls without end as L_X grows, and tends to zero with the coupling.

    Parameters
    ----------
    star : str or Star
        Profile at about one second.
    allowed : float
        Central value of log10(L_allowed / erg/s): 52.477 (3e52 erg/s) by default; 52.754 for the
        muonic model SFHo-18.8 of arXiv:2005.07141.
    width : float
        Standard deviation of log10 L_allowed.
    gravity, helicity
        As for :func:`astrobounds.supernova.emission`.
    neutrinos : {"zero", "beta"}
        Neutrino chemical potentials of a packaged profile.

    Notes
    -----
    A single point is solved directly. In a fit (after ``prepare``) a table is read instead, or,
    for several independent mixings, a coarse ray solution; ``table_error`` is the largest
    deviation of ln L_X that was measured when it was built.
    """

    name = "sn1987a-cooling"
    null_loglike = 0.0

    def __init__(self, star="fiducial", allowed=LOG10_ALLOWED[0], width=LOG10_ALLOWED[1],
                 gravity=True, helicity="helicity", neutrinos=None):  # fmt: skip
        if isinstance(allowed, str) or not 40.0 < allowed < 60.0:
            raise ConfigError(
                f"sn1987a-cooling: allowed = {allowed!r} is log10 of erg/s, between 40 and 60"
            )
        self.star = star_of(star, neutrinos)
        self._options = transport_options(gravity, helicity)
        self.nuisances = {"log10_L_allowed": Normal(allowed, width)}
        self._table = None
        self._pattern = None
        self.table_error = None

    @property
    def references(self):
        """BibTeX keys."""
        from ..supernova import Cooling, Emission

        return (*Emission.references, *Cooling.references, *self.star.references)

    def prepare(self, region, mapper=map, show=True):
        """Build the luminosity table of a region of model space."""
        from ..progress import Progress
        from ..supernova import surface

        if not issubclass(region.model, _hnl()) or "mass" not in region.ranges:
            return
        low, high = region.ranges["mass"]
        self._pattern = region.pattern()
        label = f"{self.name}: luminosity table"
        if self._pattern is not None:
            with Progress(surface.table_tasks(low, high), label, show) as bar:
                self._table = surface.luminosity_table(
                    self.star, self._pattern, region.nature, low, high, self._options,
                    mapper, bar.update,
                )  # fmt: skip
        else:
            with Progress(surface.mass_nodes(low, high).size, label, show) as bar:
                self._table = surface.CoarseSolutions(
                    self.star, region.couplings(), region.nature, low, high, self._options,
                    bar.update,
                )  # fmt: skip
        self.table_error = self._table.error

    def forget(self):
        """Drop the table: evaluate directly from here on."""
        self._table, self._pattern, self.table_error = None, None, None

    def luminosity(self, model):
        """Return L_X at infinity [erg/s] from a direct solution."""
        from ..supernova import cooling

        return cooling(model, self.star, **self._options).emission.luminosity_erg_s

    def predict(self, model):
        """Return the luminosity [erg/s] from a direct solution."""
        return {"L_X [erg/s]": self.luminosity(model)}

    def loglike(self, model, nuisance):
        """Return lnL relative to no N."""
        if self._table is None:
            value = self.luminosity(model)
        elif self._pattern is not None:
            value = self._table.luminosity(model.mass_mev, sum(model.mixing.values()))
        else:
            value = self._table.luminosity(model.mass_mev, model.mixing)
        return -S_90 * value / 10.0 ** nuisance["log10_L_allowed"]

    def describe(self):
        """Return lines that say what was assumed."""
        allowed = self.nuisances["log10_L_allowed"]
        lines = [
            f"star '{self.star.name}', gravity {'on' if self._options['gravity'] else 'off'}, "
            f"mean free path by {self._options['helicity']}",
            f"L_allowed = 10^({allowed.mean:g} +- {allowed.sigma:g}) erg/s at 1 s; "
            "L_X = L_allowed stands for the 90 % limit",
        ]
        if self.table_error is not None:
            lines.append(f"luminosity table: ln L within {self.table_error:.1e} of direct solutions")
        return lines


def _hnl():
    from ..models.hnl import HNL

    return HNL
