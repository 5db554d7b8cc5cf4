// Takes the time of a core that nothing else wants, and counts it in nanoseconds in a mapped file.
//
//     idler FILE CORE
//
// Counted is time, not turns of a loop: a core's clock changes, and then a turn is no measure. Two looks at the clock
// lie some 30 ns apart; where there is more than GAP_NS between them, an interrupt or another thread ran.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
#include <signal.h>

#define GAP_NS 400

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int file = open(words[1], O_RDWR);
    volatile uint64_t *idle = mmap(0, sizeof *idle, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || idle == MAP_FAILED) return perror(words[1]), 1;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(atoi(words[2]), &cores);
    struct sched_param none = {0};
    if (sched_setaffinity(0, sizeof cores, &cores) || sched_setscheduler(0, SCHED_IDLE, &none))
        return perror("idler"), 1;
    for (uint64_t last = now();;) {
        uint64_t time = now();
        if (time - last < GAP_NS) *idle += time - last;
        last = time;
    }
}
