"""The index: how regions are scored and compared.

Shrinkage of rates with frozen priors, goalposts, aggregation of indicators to dimensions and of
dimensions to one index, ranks with their uncertainty (intervals and tiers) and sensitivity to the
method's choices. Weights, goalposts and priors come in as a configuration; none is written here.
Pure: the same values, configuration and seed give the same bytes.
"""
