/* The time of day of one process, moved by as many nanoseconds as a file says. Loaded before
 * the C library (LD_PRELOAD); every other clock is left alone. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static int file = -1;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("HUBBUB_FAULTS_CLOCK");
    file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) abort();
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, which, now);
    int64_t moved = 0;
    if (failed || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return failed;
    if (pread(file, &moved, sizeof moved, 0) != sizeof moved) abort();
    int64_t there = now->tv_sec * SECOND + now->tv_nsec + moved;
    now->tv_sec = there / SECOND;
    now->tv_nsec = there % SECOND;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec there;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &there)) return -1;
    now->tv_sec = there.tv_sec;
    now->tv_usec = there.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *into) {
    struct timespec there;
    if (clock_gettime(CLOCK_REALTIME, &there)) return -1;
    if (into) *into = there.tv_sec;
    return there.tv_sec;
}
