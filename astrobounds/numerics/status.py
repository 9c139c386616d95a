"""Status codes: compiled kernels return them, public callers turn them into a ConvergenceError."""

from ..errors import ConvergenceError

SUCCESS = 0
MAX_STEPS = 1
STEP_TOO_SMALL = 2
NOT_FINITE = 3
SINGULAR = 4
STIFF = 5
OUT_OF_RANGE = 6
BAD_INPUT = 7

_MESSAGES = {
    SUCCESS: "success",
    MAX_STEPS: "the largest allowed number of steps was used up: raise max_steps, loosen rtol or "
    "atol, or (explicit method) use the stiff method 'rodas4'",
    STEP_TOO_SMALL: "the step fell to the spacing of floating-point numbers: look for a "
    "singularity or a jump of the right-hand side there, loosen rtol, or give "
    "atol > 0 for components that pass through zero",
    NOT_FINITE: "the right-hand side, the Jacobian or the solution is not finite: check the "
    "parameters and the initial values, or bound the step with h_max",
    SINGULAR: "the matrix of a linear system is singular: check that the Jacobian belongs to the "
    "right-hand side, or start with a smaller h0",
    STIFF: "the steps ran out because the problem is stiff for an explicit "
    "method: use method='rodas4' with a Jacobian",
    OUT_OF_RANGE: "an argument lies outside the table: extend the table or restrict the argument",
    BAD_INPUT: "the input does not fit together: shapes must match, tolerances be positive, and "
    "grids strictly monotonic inside the interval of integration",
}


def message(code):
    """Return the meaning of a status code and its remedy.

    Parameters
    ----------
    code : int
        A status code as returned by the kernels of `astrobounds.numerics`.

    Returns
    -------
    str
    """
    return _MESSAGES.get(int(code), f"unknown status code {int(code)}")


def check(code, stage=""):
    """Raise unless `code` is SUCCESS.

    Parameters
    ----------
    code : int
        Status code of a kernel.
    stage : str
        What was being computed, for the message and for ``error.stage``.

    Raises
    ------
    ConvergenceError
        With the meaning of the code and the remedy.
    """
    if code != SUCCESS:
        raise ConvergenceError(f"{stage}: {message(code)}" if stage else message(code), stage)
