/* The reference for projected SGD on the noisy slope: the bookkeeping of theorylab.kernels.descend and the keyed hash
   of theorylab.kernels.random, by hand, gcc -O3 -march=native. h = x^p with p known at run time only, as ours. */
#include <math.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { RUNNING, FLOOR, DIVERGED, STALLED, BELOW };

typedef struct { double eps; } problem;
typedef struct { double stepsize; int64_t p, horizon; } method;

static inline uint64_t mixed(uint64_t w)
{
    w = (w ^ (w >> 30)) * 0xBF58476D1CE4E5B9u;
    w = (w ^ (w >> 27)) * 0x94D049BB133111EBu;
    return w ^ (w >> 31);
}

static inline double uniform(uint64_t seed, uint64_t trajectory, int64_t k)
{
    uint64_t word = mixed((uint64_t)k * 0x9E3779B97F4A7C15u + seed);
    word = mixed(word + trajectory * 0xBB67AE8584CAA73Bu);
    return (double)(word >> 11) * 0x1p-53;
}

static inline double power(double a, int64_t p)
{
    double s = a * a;
    switch (p) {
    case 0: return 1;
    case 1: return a;
    case 2: return s;
    case 3: return s * a;
    case 4: return s * s;
    }
    double result = a;
    for (int64_t i = 1; i < p; i++) result *= a;
    return result;
}

/* Of plain comparisons gcc makes branches here, which a walk at the end of its domain takes at random. */
static inline double clamped(double x)
{
#ifdef __SSE2__
    return _mm_cvtsd_f64(_mm_min_sd(_mm_max_sd(_mm_set_sd(x), _mm_set_sd(0.0)), _mm_set_sd(1.0)));
#else
    return x < 0 ? 0 : x > 1 ? 1 : x;
#endif
}

int64_t projected_sgd(problem f, method m, double x, uint64_t seed, uint64_t trajectory, const int64_t *schedule,
                      int64_t records, const double *levels, int64_t count, int64_t *hits, double ceiling,
                      int64_t patience, double *table, int64_t width)
{
    int64_t k = 0, q = 0, idle = 0, status = RUNNING;
    double level = levels[0], gap = f.eps * x;
    for (int64_t r = 0; r < records; r++) {
        int64_t stop = schedule[r];
        double low = INFINITY, high = -INFINITY, total = 0;
        while (k < stop) {
            /* 1 below (1 + eps)/2, else -1: a comparison would become a branch that every other draw takes wrongly */
            double g = -copysign(1.0, uniform(seed, trajectory, k) - 0.5 * (1 + f.eps));
            double left = (double)(k < m.horizon ? m.horizon - k : 1) / (double)m.horizon;
            double next = x - m.stepsize * power(left, m.p) * g;
            next = clamped(next);
            k++;
            idle = (idle + 1) & -(int64_t)(next == x);
            x = next;
            gap = f.eps * x;
            low = gap < low ? gap : low;
            high = gap > high ? gap : high;
            total += gap;
            if (!((gap > level) & (gap < ceiling) & (idle < patience) & (gap >= 0))) {
                if (!(gap < ceiling)) status = DIVERGED;
                else if (gap < 0 && levels[count - 1] >= 0) status = BELOW;
                else {
                    while (q < count && gap <= levels[q]) hits[q++] = k;
                    if (q == count) status = FLOOR;
                    else if (idle >= patience) status = STALLED;
                    else level = levels[q];
                }
                if (status != RUNNING) break;
            }
        }
        double *row = table + r * width;
        row[0] = k, row[1] = gap, row[2] = f.eps * f.eps, row[3] = low, row[4] = high, row[5] = total, row[6] = x;
        if (status != RUNNING) break;
    }
    return k;
}
