import numpy as np
from theorylab.fits.fit import Fit, check_abscissa
from theorylab.fits.engine import compete, hull, rounding, constant
from theorylab.fits.laws import *
def local_exponents(t,y): raise NotImplementedError
def fit_rate(t, y, *, seeds_axis=None):
    t,y=check_abscissa(t,y)
    u=np.log(t); z=np.log(y); L=u[-1]-u[0]
    split=u[-1]-max(L/4,np.log(10)/2)
    firsts=[int(np.searchsorted(u,u[0]+f*L-1e-12)) for f in (0,.12,.25,.4,.55)]
    eps=rounding(z)
    laws=[l for l in SIMPLE+RICH if not (M in l.free or M in l.fixed) or K in l.free or u[0]>.64]
    cand=compete(laws,u,z,np.ones(len(u)),firsts,split)
    lo,hi,b,acc=hull(cand,P,eps,2e-4)
    return Fit(b.q[P],lo,hi,b.q[M],constant(b),"power" if hi-lo<.2 else "undecided",(t[b.first],t[-1]),"why",b.law.name)
