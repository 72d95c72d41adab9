/* The reference for Armijo's search with a memory: the bookkeeping of theorylab.kernels.descend and the counts of
   theorylab.methods.armijo, by hand, gcc -O3 -march=native. A trial computes value and gradient together, as ours. */
#include <math.h>
#include <stdint.h>

enum { RUNNING, FLOOR, DIVERGED, STALLED, BELOW };

typedef struct { double t0, shrink, grow, decrease, cap; } method;
typedef struct { double c; int64_t p; } powers;
typedef struct { double a; } rosenbrock;
typedef struct { double x, f, g; } point1;
typedef struct { double x, y, f, gx, gy; } point2;

static inline double power(double a, int64_t p)
{
    double s = a * a;
    switch (p) {
    case 1: return a;
    case 2: return s;
    case 3: return s * a;
    case 4: return s * s;
    }
    double result = a;
    for (int64_t i = 1; i < p; i++) result *= a;
    return result;
}

static inline point1 evaluate1(powers f, double x)
{
    double r = f.c * power(fabs(x), f.p - 2);
    point1 at = {x, r * (x * x), f.p * r * x};
    return at;
}

static inline point2 evaluate2(rosenbrock f, double x, double y)
{
    double m = 1 - x, n = y - x * x;
    point2 at = {x, y, m * m + f.a * (n * n), -2 * m - 4 * f.a * x * n, 2 * f.a * n};
    return at;
}

#define RUN(NAME, PROBLEM, POINT, PARAMETERS, BEGIN, TRIAL, SAME, NORM2, POSITION, WIDTH)                              \
    int64_t NAME(PROBLEM f, method m, PARAMETERS, const int64_t *schedule, int64_t records, const double *levels,      \
                 int64_t count, int64_t *hits, double ceiling, int64_t patience, double *table, int64_t width)         \
    {                                                                                                                  \
        POINT at = BEGIN;                                                                                              \
        int64_t k = 0, q = 0, idle = 0, status = RUNNING;                                                              \
        double level = levels[0], trial = m.t0, last = 0, values = 1, gradients = 1, rejections = 0, length = 0;       \
        for (int64_t r = 0; r < records; r++) {                                                                        \
            int64_t stop = schedule[r];                                                                                \
            double low = INFINITY, high = -INFINITY, total = 0;                                                        \
            while (k < stop) {                                                                                         \
                double n2 = NORM2, n = sqrt(n2), t = trial, rejected = 0;                                              \
                POINT next;                                                                                            \
                int accepted = 0;                                                                                      \
                for (;;) {                                                                                             \
                    double need = m.decrease * t * n2;                                                                 \
                    next = TRIAL;                                                                                      \
                    if ((SAME) || !(need > 0) || !(t * n >= 2.2e-16) || rejected >= 2000) break;                       \
                    if (fabs(next.f) <= 1.7976931348623157e308 && next.f - at.f <= -need) { accepted = 1; break; }     \
                    rejected++;                                                                                        \
                    t /= m.shrink;                                                                                     \
                }                                                                                                      \
                k++;                                                                                                   \
                idle = accepted ? 0 : idle + 1;                                                                        \
                values += rejected + accepted;                                                                         \
                rejections += rejected;                                                                                \
                if (accepted) {                                                                                        \
                    at = next, last = t, gradients++, length += t * n;                                                 \
                    trial = m.grow * t < m.cap ? m.grow * t : m.cap;                                                   \
                }                                                                                                      \
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
            row[0] = k, row[1] = at.f, row[2] = NORM2, row[3] = low, row[4] = high, row[5] = total, row[6] = last;     \
            row[7] = values, row[8] = gradients, row[9] = rejections, row[10] = length;                                \
            POSITION                                                                                                   \
            row[WIDTH] = trial, row[WIDTH + 1] = last, row[WIDTH + 2] = values, row[WIDTH + 3] = gradients;            \
            row[WIDTH + 4] = rejections, row[WIDTH + 5] = length;                                                      \
            if (status != RUNNING) break;                                                                              \
        }                                                                                                              \
        return k;                                                                                                      \
    }

RUN(armijo1, powers, point1, double x, evaluate1(f, x), evaluate1(f, at.x - t * at.g), next.x == at.x, at.g *at.g,
    row[11] = at.x;, 12)

#define TWO double x, double y
RUN(armijo2, rosenbrock, point2, TWO, evaluate2(f, x, y), evaluate2(f, at.x - t * at.gx, at.y - t * at.gy),
    (next.x == at.x) & (next.y == at.y), (at.gx * at.gx + at.gy * at.gy), row[11] = at.x; row[12] = at.y;, 13)
