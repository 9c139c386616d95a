"""The errors a user can meet: each message names the value, what is allowed and the remedy."""


class AstroboundsError(Exception):
    """Base of every error raised on purpose by astrobounds."""


class DomainError(AstroboundsError, ValueError):
    """A value outside the domain of a formula or a table."""


class DataError(AstroboundsError, ValueError):
    """A file that is missing, damaged, foreign or inconsistent."""


class ConfigError(AstroboundsError, ValueError):
    """A run file or an argument that cannot be understood."""


class ArgumentError(ConfigError, TypeError):
    """A call whose arguments do not fit: one is missing, unknown or of a wrong type."""


class ConvergenceError(AstroboundsError, ArithmeticError):
    """A solver that did not reach its tolerance; carries the ``stage`` that failed."""

    def __init__(self, message, stage=""):
        super().__init__(message)
        self.stage = stage

    def __reduce__(self):
        return type(self), (self.args[0], self.stage)


class ValidityWarning(UserWarning):
    """A result outside the region where its physics was validated."""


def did_you_mean(word, allowed):
    """Return ``" (did you mean 'x'?)"`` for the nearest allowed word, or an empty string."""
    import difflib

    close = difflib.get_close_matches(str(word), [str(a) for a in allowed], n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
