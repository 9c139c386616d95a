"""Products of the channels of a heavy neutral lepton."""

# Products of the channels of a heavy neutral lepton; "l" stands for both charges.
PRODUCTS = {
    "3nu": ("nu", "nu", "nu"),
    "nu gamma": ("nu", "gamma"),
    "nu e e": ("nu", "e", "e"),
    "nu mu mu": ("nu", "mu", "mu"),
    "nu e mu": ("nu", "e", "mu"),
    "nu e tau": ("nu", "e", "tau"),
    "nu mu tau": ("nu", "mu", "tau"),
    **{f"nu {meson}": ("nu", meson) for meson in ("pi0", "eta", "etap", "rho0", "omega", "phi")},
    **{f"{lepton} {meson}": (lepton, meson)
       for lepton in ("e", "mu") for meson in ("pi", "K", "rho", "K*")},
    "nu hadrons": ("nu", "hadrons"),
    "e hadrons": ("e", "hadrons"),
    "mu hadrons": ("mu", "hadrons"),
}  # fmt: skip
