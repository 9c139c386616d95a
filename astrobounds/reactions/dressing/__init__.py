"""In-medium propagation: factors on production and absorption of a state along its path.

A dressing is not a reaction: it multiplies all rates of one state by how much of it is in the mode
that couples. Where it resonates, the crossing of a cell is integrated analytically."""
