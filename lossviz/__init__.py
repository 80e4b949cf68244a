"""Loss landscapes, as values.

Recipes (datasets, losses, penalties, models, optimizers) are small frozen choices.
Functions turn them into results (Data, Minimum, Trajectory, Plane, Landscape), ``figures``
turns results into pictures, and a page is the order in which that happens.  Only ``figures``
imports plotly, only ``ui`` imports streamlit, and this file imports nothing.

Shapes, everywhere:

    n samples, d input features, k classes, p parameters
    ...         any batch of parameter vectors, possibly none
    X           (n, d)
    y           (n,)
    theta       (..., p)      one flat float64 vector
    prediction  (..., n)      or (..., n, k) for multi-class
    value       (...)
    gradient    (..., p)
    values      (len(b), len(a)); values[j, i] stands at (a[i], b[j]), Plotly's z[row][column]
"""
