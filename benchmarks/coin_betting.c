/* The reference for betting on |x - D|: the bookkeeping of theorylab.kernels.descend, the books of
   theorylab.methods.cocob and kt, and their test of the bound, by hand, gcc -O3 -march=native, tanh of libm. */
#include <math.h>
#include <stdint.h>

enum { RUNNING, FLOOR, DIVERGED, STALLED, BELOW, BROKEN };

typedef struct { double L, eps; } method;
typedef struct { double x, f, g; } point;

static inline point evaluate(double D, double x)
{
    double z = x - D;
    point at = {x, fabs(z), z > 0 ? 1.0 : z < 0 ? -1.0 : 0.0};
    return at;
}

#define RUN(NAME, BEGIN, BET, COLUMNS, WIDTH)                                                                          \
    int64_t NAME(double D, method m, double start, const int64_t *schedule, int64_t records, const double *levels,     \
                 int64_t count, int64_t *hits, double ceiling, int64_t patience, double *table, int64_t width)         \
    {                                                                                                                  \
        point at = evaluate(D, start);                                                                                 \
        int64_t k = 0, q = 0, idle = 0, status = RUNNING;                                                              \
        double level = levels[0], reward = 0, theta = 0;                                                               \
        BEGIN                                                                                                          \
        for (int64_t r = 0; r < records; r++) {                                                                        \
            int64_t stop = schedule[r];                                                                                \
            double low = INFINITY, high = -INFINITY, total = 0;                                                        \
            while (k < stop) {                                                                                         \
                double g = at.g, x;                                                                                    \
                int broken = !(fabs(g) <= m.L);                                                                        \
                BET                                                                                                    \
                point next = evaluate(D, x);                                                                           \
                k++;                                                                                                   \
                idle = next.x == at.x ? idle + 1 : 0;                                                                  \
                at = next;                                                                                             \
                low = at.f < low ? at.f : low;                                                                         \
                high = at.f > high ? at.f : high;                                                                      \
                total += at.f;                                                                                         \
                if (!((at.f > level) & (at.f < ceiling) & (idle < patience) & !broken)) {                              \
                    if (broken) status = BROKEN;                                                                       \
                    else if (!(at.f < ceiling)) status = DIVERGED;                                                     \
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
            row[0] = k, row[1] = at.f, row[2] = at.g * at.g, row[3] = low, row[4] = high, row[5] = total;              \
            COLUMNS                                                                                                    \
            row[WIDTH] = at.x;                                                                                         \
            if (status != RUNNING) break;                                                                              \
        }                                                                                                              \
        return k;                                                                                                      \
    }

RUN(cocob, double size = m.L;,
    size += fabs(g); reward -= g * (at.x - start); theta -= g;
    x = start + tanh(theta / (size + m.L)) / m.L * (m.eps + reward);,
    row[6] = m.eps + reward; row[7] = reward; row[8] = size; row[9] = fabs(theta);, 10)

RUN(kt, double wealth = m.eps;,
    wealth -= g * (at.x - start) / m.L; theta -= g / m.L; x = start + theta * (wealth / (k + 2));,
    row[6] = wealth; row[7] = reward = wealth - m.eps; row[8] = fabs(theta);, 9)
