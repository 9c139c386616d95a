"""What a confidence level means for a drop of lnL."""

import numpy as np

from ..errors import ConfigError, did_you_mean

RULES = ("limit", "delta-chi2")


def threshold(cl, rule="limit"):
    """Return the drop of lnL at which a point is excluded.

    Parameters
    ----------
    cl : float
        Confidence level.
    rule : {"limit", "delta-chi2"}
        ``"limit"``: -ln(1 - CL), which keeps every single published limit where it is and is exact
        for the product of background-free searches; ``"delta-chi2"``: half the chi2 quantile of
        one degree of freedom (2.71/2 at 90 %).

    Raises
    ------
    ConfigError
        For an unknown rule or a level outside (0, 1).
    """
    if rule not in RULES:
        raise ConfigError(f"rule = {rule!r}{did_you_mean(rule, RULES)}; allowed: {', '.join(RULES)}")
    if isinstance(cl, str) or not 0.0 < cl < 1.0:
        raise ConfigError(f"cl = {cl!r}: a confidence level lies between 0 and 1")
    if rule == "limit":
        return -np.log1p(-cl)
    from scipy.stats import chi2

    return 0.5 * float(chi2.ppf(cl, 1))
