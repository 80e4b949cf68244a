"""Networks: training, pairs with and without skips, layer gradients, paths between minima."""
