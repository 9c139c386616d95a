"""Constraints that do what no constraint should; in a module of their own so that workers find them."""

import time

import numpy as np


class Faulty:
    """A Gaussian in log10 m that goes wrong above a mass."""

    name, references, nuisances, null_loglike = "faulty", (), {}, 0.0

    def __init__(self, how, above=100.0, pause=0.0):
        self.how, self.above, self.pause = how, above, pause

    def predict(self, model):
        return {"m": model.mass_mev}

    def loglike(self, model, nuisance):
        time.sleep(self.pause)
        if model.mass_mev > self.above:
            return WAYS[self.how]()
        return float(-0.5 * (np.log10(model.mass_mev) - 1.5) ** 2 / 0.01)


def _raise():
    raise KeyError("no such star")


def _hang():
    time.sleep(60.0)


WAYS = {
    "raises": _raise, "none": lambda: None, "array": lambda: np.zeros(3), "text": lambda: "-1.0",
    "infinite": lambda: np.inf, "nan": lambda: np.nan, "true": lambda: True, "hangs": _hang,
}  # fmt: skip


class Deadly:
    """Kills its process once, at the first point above a mass; ``mark`` remembers that."""

    name, references, nuisances, null_loglike = "deadly", (), {}, 0.0

    def __init__(self, mark, always=False):
        self.mark, self.always = str(mark), always

    def predict(self, model):
        return {}

    def loglike(self, model, nuisance):
        import os
        import signal

        if model.mass_mev > 300.0 and (self.always or not os.path.exists(self.mark)):
            open(self.mark, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return -model.mass_mev / 1000.0
