"""What single points do to a fit: influence, displacement of minima, adaptive losses."""
