def fit_parameter(x, y, *, sd=None, limit="large"): raise NotImplementedError
def fit_polynomial(x, y, degree): raise NotImplementedError
