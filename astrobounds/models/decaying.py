"""What every particle that decays says of itself, from its partial widths."""

import math

from .. import constants as const


class Decaying:
    """Widths, lifetime and branching ratios of a model with ``partial_widths_mev()``."""

    @staticmethod
    def products(channel):
        """Return the names of the products of a channel."""
        from .channel import PRODUCTS

        return PRODUCTS[channel]

    @property
    def width_mev(self):
        """Total width in MeV."""
        return sum(self.partial_widths_mev().values())

    @property
    def width(self):
        """Total decay width (Quantity, MeV)."""
        import astropy.units as u

        return self.width_mev * u.MeV

    @property
    def lifetime(self):
        """Lifetime hbar/Gamma (Quantity, s); infinite when every coupling is zero."""
        import astropy.units as u

        width = self.width_mev
        return (const.HBAR / width if width > 0.0 else math.inf) * u.s

    def partial_widths(self):
        """Return ``{channel: Quantity}`` of the open channels, largest first."""
        import astropy.units as u

        return {name: w * u.MeV for name, w in self._sorted()}

    def branching_ratios(self):
        """Return ``{channel: branching ratio}``, largest first; empty without any coupling."""
        total = self.width_mev
        return {name: w / total for name, w in self._sorted()}

    def decays(self):
        """Return the open channels as :class:`DecayChannel` objects, largest first."""
        from .channel import DecayChannel

        total = self.width_mev
        return tuple(DecayChannel(n, self.products(n), w, w / total) for n, w in self._sorted())

    def _sorted(self):
        return sorted(self.partial_widths_mev().items(), key=lambda item: -item[1])
