"""One loop over processes and places, on threads: kernels release the interpreter."""

import os
from concurrent.futures import ThreadPoolExecutor

ZONES = 6  # places of one job


def run_over_zones(fill, groups, places):
    """Call ``fill(zones, group)`` for every group and slice of places.

    The first call is made alone: it compiles what the others need.
    """
    jobs = [(slice(k, min(k + ZONES, places)), g) for g in groups for k in range(0, places, ZONES)]
    if not jobs:
        return
    fill(*jobs[0])
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as threads:
        list(threads.map(lambda job: fill(*job), jobs[1:]))
