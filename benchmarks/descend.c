/* The reference for one trajectory: the same bookkeeping as theorylab.kernels.descend, by hand, gcc -O3 -march=native.

   Curved ravine f = c|x|^p + a (y - x^2)^2 with p known at run time only, as ours. */
#include <math.h>
#include <stdint.h>

enum { RUNNING, FLOOR, DIVERGED, STALLED, BELOW };

typedef struct { int64_t p; double c, a; } problem;
typedef struct { double x, y, f, gx, gy; } point;

static inline double power(double a, int64_t p)
{
    double s = a * a;
    switch (p) {
    case 1: return a;
    case 2: return s;
    case 3: return s * a;
    case 4: return s * s;
    case 5: return s * s * a;
    case 6: return s * s * s;
    }
    double result = a;
    for (int64_t i = 1; i < p; i++) result *= a;
    return result;
}

static inline point evaluate(problem f, double x, double y)
{
    double r = power(fabs(x), f.p - 2), n = y - x * x;
    point at = {x, y, f.c * r * (x * x) + f.a * n * n, r * (f.p * f.c * x) - 4 * f.a * x * n, 2 * f.a * n};
    return at;
}

#define RUN(NAME, PARAMETERS, MEMORY, STEPSIZE, NEXT, SHOWN, SAVED)                                                    \
    int64_t NAME(problem f, PARAMETERS, double x, double y, const int64_t *schedule, int64_t records,                  \
                 const double *levels, int64_t count, int64_t *hits, double ceiling, int64_t patience, double *table,  \
                 int64_t width)                                                                                        \
    {                                                                                                                  \
        point at = evaluate(f, x, y);                                                                                  \
        int64_t k = 0, q = 0, idle = 0, status = RUNNING;                                                              \
        double level = levels[0];                                                                                      \
        MEMORY                                                                                                         \
        for (int64_t r = 0; r < records; r++) {                                                                        \
            int64_t stop = schedule[r];                                                                                \
            double low = INFINITY, high = -INFINITY, total = 0;                                                        \
            while (k < stop) {                                                                                         \
                double eta = STEPSIZE;                                                                                 \
                point next = evaluate(f, at.x - eta * at.gx, at.y - eta * at.gy);                                      \
                NEXT                                                                                                   \
                k++;                                                                                                   \
                idle = (next.x == at.x) & (next.y == at.y) ? idle + 1 : 0;                                             \
                at = next;                                                                                             \
                low = at.f < low ? at.f : low;                                                                         \
                high = at.f > high ? at.f : high;                                                                      \
                total += at.f;                                                                                         \
                if (!((at.f > level) & (at.f < ceiling) & (idle < patience))) {                                        \
                    if (!(at.f < ceiling)) status = DIVERGED;                                                          \
                    else if (at.f < 0 && levels[count - 1] >= 0) status = BELOW;                                       \
                    else {                                                                                             \
                        while (q < count && at.f <= levels[q]) hits[q++] = k;                                          \
                        if (q == count) status = FLOOR;                                                                \
                        else if (idle >= patience) status = STALLED;                                                   \
                        else level = levels[q];                                                                        \
                    }                                                                                                  \
                    if (status != RUNNING) break;                                                                      \
                }                                                                                                      \
            }                                                                                                          \
            double *row = table + r * width;                                                                           \
            row[0] = k, row[1] = at.f, row[2] = at.gx * at.gx + at.gy * at.gy, row[3] = low, row[4] = high;            \
            row[5] = total, row[6] = SHOWN, row[7] = at.x, row[8] = at.y;                                              \
            SAVED                                                                                                      \
            if (status != RUNNING) break;                                                                              \
        }                                                                                                              \
        return k;                                                                                                      \
    }

static inline double polyak(point at)
{
    double n2 = at.gx * at.gx + at.gy * at.gy;
    return n2 > 0 ? at.f / n2 : 0;
}

RUN(gd, double stepsize, , stepsize, , stepsize, )

#define GDPOLYAK_STEPSIZE (left == 0 ? polyak(at) : stepsize)
#define GDPOLYAK_PARAMETERS double stepsize, int64_t short_steps
RUN(gdpolyak, GDPOLYAK_PARAMETERS, int64_t left = short_steps;, GDPOLYAK_STEPSIZE,
    left = left > 0 ? left - 1 : short_steps;, GDPOLYAK_STEPSIZE, row[9] = left;)
