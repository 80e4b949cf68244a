"""The data beside a surface: the fit drawn over them, and points edited by hand."""
