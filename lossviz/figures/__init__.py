"""Pictures: results drawn as Plotly figures, one module for each topic."""
