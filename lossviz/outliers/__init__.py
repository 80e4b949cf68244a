"""Outliers: influence of single points, displacement of minima, adaptive losses."""
