def fit_factor(index, y): raise NotImplementedError
def fit_constant(t, ratio): raise NotImplementedError
