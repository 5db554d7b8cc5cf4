// Sets the monotonic clock of a program back by as many seconds as stand in the file SHIFT_CLOCK (a double, mapped), so
// that a test may make five minutes pass at once: a call begins while the clock is set back, and then it is set right.
// Clocks of the kernel do not change.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile double *shift;
static int (*original)(clockid_t, struct timespec *);

__attribute__((constructor)) static void start(void) {
    original = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("SHIFT_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) shift = memory;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int failed = original(clock, time);
    if (!failed && shift && clock == CLOCK_MONOTONIC) {
        long long nanoseconds = time->tv_sec * 1000000000LL + time->tv_nsec - (long long)(*shift * 1e9);
        time->tv_sec = nanoseconds / 1000000000;
        time->tv_nsec = nanoseconds % 1000000000;
    }
    return failed;
}
