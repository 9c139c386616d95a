"""Likelihoods for other people's samplers: BBN and CMB constraints as classes of cobaya.

In a cobaya input file::

    likelihood:
      astrobounds.interop.CobayaBBN:
        inputs: {omega_b: ombh2, neff: nnu}
        options: {helium: lbt2026, deuterium: cooke2018}

cobaya is imported when one of the classes is first asked for. Tables of helium for CAMB and CLASS
come from :func:`astrobounds.cosmology.consistency_table`.
"""

from .checks import mapping, number, shown
from .errors import ConfigError, DomainError, did_you_mean

INPUTS = ("omega_b", "neff", "delta_neff", "xi_e", "tau_n")
NEFF_STANDARD = 3.044  # delta_neff = neff - 3.044, as in CAMB >= 1.4
_CLASSES = {"CobayaBBN": "bbn"}


def cobaya_likelihood(name="CobayaBBN"):
    """Return the cobaya likelihood class of a constraint.

    Parameters
    ----------
    name : {"CobayaBBN"}
        Also reachable as ``astrobounds.interop.<name>``, the form cobaya's input files use.

    Returns
    -------
    type
        A subclass of ``cobaya.likelihood.Likelihood`` with the attributes ``inputs`` (astrobounds
        input to cobaya parameter; ``{"omega_b": "ombh2"}`` by default, further "neff" or
        "delta_neff", "xi_e", "tau_n" in s) and ``options`` (of
        :class:`astrobounds.constraints.bbn.Nucleosynthesis`; "tau_n" is in the covariance unless
        it is an input). It provides the derived parameters Yp_bbn, DH_bbn, He3H_bbn, Neff_bbn.

    Raises
    ------
    ConfigError
        For an unknown name, or if cobaya is not installed.

    Notes
    -----
    A point outside the domain of nucleosynthesis has lnL = -inf.

    References
    ----------
    arXiv:2005.05290 (cobaya).
    """
    if not isinstance(name, str) or name not in _CLASSES:
        raise ConfigError(
            f"no cobaya likelihood '{shown(name)}'{did_you_mean(name, _CLASSES)}; "
            f"there are {', '.join(_CLASSES)}"
        )
    try:
        from cobaya.likelihood import Likelihood
    except ImportError as error:
        raise ConfigError(f"'{name}' needs cobaya: pip install cobaya ({error})") from None

    class CobayaBBN(Likelihood):
        """Helium and deuterium from nucleosynthesis, as a likelihood of cobaya."""

        inputs = {"omega_b": "ombh2"}  # noqa: RUF012
        options = {}  # noqa: RUF012

        def initialize(self):
            """Build the constraint; every input is a number given by cobaya."""
            from .constraints import get

            _check_inputs(self.inputs)
            options = dict(self.options or {})
            if "marginalise" not in options:
                options["marginalise"] = ("rates",) if "tau_n" in self.inputs else ("rates", "tau_n")
            self._constraint = get("bbn", **options)
            self._constraint.prepare()

        def get_requirements(self):
            """Return the parameters that cobaya must give."""
            return dict.fromkeys(self.inputs.values())

        def get_can_provide_params(self):
            """Return the derived parameters."""
            return ["Yp_bbn", "DH_bbn", "He3H_bbn", "Neff_bbn"]

        def logp(self, _derived=None, **values):
            """Return lnL of the current point."""
            given = {ours: self.provider.get_param(theirs) for ours, theirs in self.inputs.items()}
            model, nuisance = point_of(given)
            if _derived is not None:
                _derived.update(dict.fromkeys(self.get_can_provide_params(), float("nan")))
            try:
                value = self._constraint.loglike(model, nuisance)
                point = self._constraint.abundances(model, nuisance)
            except DomainError as error:
                self.log.debug("outside the domain: %s", error)
                return float("-inf")
            if _derived is not None:
                for key in self.get_can_provide_params():
                    _derived[key] = getattr(point, key[: -len("_bbn")])
            return value

    CobayaBBN.__module__ = __name__
    CobayaBBN.__qualname__ = "CobayaBBN"
    return CobayaBBN


def cobaya_info(posterior):
    """Return cobaya's input of any posterior: its parameters with their priors, and its likelihood.

    Parameters
    ----------
    posterior : Posterior
        With uniform, log-uniform and normal priors.

    Returns
    -------
    dict
        ``params`` and ``likelihood``: add a ``sampler`` and give it to ``cobaya.run``. Parameters are the
        coordinates of the posterior, called as there with underscores for dots and ``log10_`` in
        front where the logarithm is sampled.

    Raises
    ------
    ConfigError
        For a prior that cobaya has no counterpart of.

    References
    ----------
    arXiv:2005.05290 (cobaya).
    """
    names = {n: _coordinate_name(posterior, n) for n in posterior.names}
    params = {
        ours: {**_cobaya_prior(posterior, n), "latex": posterior.labels()[i].replace("_", r"\_")}
        for i, (n, ours) in enumerate(names.items())
    }
    likelihood = {"external": _loglike_of(posterior, tuple(names.values())),
                  "input_params": list(names.values())}  # fmt: skip
    return {"params": params, "likelihood": {"astrobounds": likelihood}}


def _loglike_of(posterior, names):
    """Return lnL as a plain function of named coordinates; cobaya counts the arguments of others."""

    def astrobounds(**values):
        """Return lnL; -inf where the model does not exist or a constraint failed."""
        return posterior.loglike([values[n] for n in names])

    return astrobounds


def _coordinate_name(posterior, name):
    log = "log10_" if posterior.priors[name].label.startswith("log10") else ""
    return log + name.replace(".", "_")


def _cobaya_prior(posterior, name):
    """Return cobaya's words for the prior of a coordinate."""
    import numpy as np

    from .priors import Normal

    prior = posterior.priors[name]
    low, high = (float(prior.coordinate(x)) for x in prior.support)
    density = np.nan
    if np.isfinite([low, high]).all():
        density = np.ptp(prior.logpdf_coordinate(np.linspace(low, high, 11)[1:-1]))
    if density < 1e-9:
        return {"prior": {"min": low, "max": high}}
    if isinstance(prior, Normal):
        return {"prior": {"dist": "norm", "loc": prior.mean, "scale": prior.sigma}}
    raise ConfigError(f"{name}: cobaya has no counterpart of {prior!r}: uniform, log-uniform or normal")


def _check_inputs(inputs):
    for name in inputs:
        if name not in INPUTS:
            raise ConfigError(
                f"inputs: unknown '{name}'{did_you_mean(name, INPUTS)}; allowed: {', '.join(INPUTS)}"
            )
    if "neff" in inputs and "delta_neff" in inputs:
        raise ConfigError("inputs: neff and delta_neff are one quantity, give one of them")


def point_of(values):
    """Return (model, nuisances) of ``{input: number}`` with the names of :data:`INPUTS`."""
    from .models.standard import StandardModel

    values = {n: number(v, n) for n, v in mapping(values, "values").items()}
    extra = values.get("delta_neff", 0.0)
    if "neff" in values:
        extra = values["neff"] - NEFF_STANDARD
    nuisance = {n: float(values[n]) for n in ("omega_b", "tau_n") if n in values}
    return StandardModel.fast(extra, (values.get("xi_e", 0.0),)), nuisance


def __getattr__(name):
    if name in _CLASSES:
        value = cobaya_likelihood(name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'astrobounds.interop' has no attribute '{name}'")
