"""The index: how regions are scored and compared.

`normalise` and `score` bring values between goalposts, `aggregate` and `composite` make dimensions of
indicators and one index of dimensions, `rank` gives places. A first version on raw rates: no shrinkage, no
intervals. Weights, goalposts and limits come in as a configuration; none is written here.
Pure: the same values and configuration give the same bytes.
"""
