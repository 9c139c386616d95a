"""Dense LU factorisation for small systems (2 to about 70 unknowns), without LAPACK's call cost."""

from .jit import kernel
from .status import SINGULAR, SUCCESS


@kernel("i8(f8[:, ::1], i8[::1])")
def lu_factor(a, pivot):
    """In-place P A = L U, partial pivoting (Golub & Van Loan, algorithm 3.4.1); zeros skipped."""
    n = a.shape[0]
    for k in range(n):
        row = k
        largest = abs(a[k, k])
        for i in range(k + 1, n):
            if abs(a[i, k]) > largest:
                largest = abs(a[i, k])
                row = i
        pivot[k] = row
        if not largest > 0.0:
            return SINGULAR
        if row != k:
            for j in range(n):
                swap = a[k, j]
                a[k, j] = a[row, j]
                a[row, j] = swap
        inverse = 1.0 / a[k, k]
        for i in range(k + 1, n):
            if a[i, k] != 0.0:
                factor = a[i, k] * inverse
                a[i, k] = factor
                for j in range(k + 1, n):
                    a[i, j] -= factor * a[k, j]
    return SUCCESS


@kernel("void(f8[:, ::1], i8[::1], f8[::1])")
def lu_solve(a, pivot, b):
    """In-place solution of A x = b from `lu_factor`: permute, forward, backward substitution."""
    n = a.shape[0]
    for k in range(n):
        row = pivot[k]
        if row != k:
            swap = b[k]
            b[k] = b[row]
            b[row] = swap
    for i in range(1, n):
        total = b[i]
        for j in range(i):
            total -= a[i, j] * b[j]
        b[i] = total
    for i in range(n - 1, -1, -1):
        total = b[i]
        for j in range(i + 1, n):
            total -= a[i, j] * b[j]
        b[i] = total / a[i, i]
