"""Relations: from which cells of which grids each cell of a result was made, term by term."""
