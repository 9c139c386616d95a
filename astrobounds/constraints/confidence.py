"""What a confidence level means for a drop of lnL."""

import numpy as np

from ..checks import choice, confidence

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
    choice(rule, "rule", RULES)
    cl = confidence(cl)
    if rule == "limit":
        return -np.log1p(-cl)
    from scipy.stats import chi2

    return 0.5 * float(chi2.ppf(cl, 1))
