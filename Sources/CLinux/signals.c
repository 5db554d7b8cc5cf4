// Signals as events of a descriptor. A handler takes them rather than a signalfd: threads that were there before would
// have to block them, and a signal that comes while it is ignored is lost.
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_int events[NSIG];  // the number's eventfd plus one; 0 for none yet

static void received(int number) {
    int before = errno;
    uint64_t one = 1;
    ssize_t written = write(atomic_load(&events[number]) - 1, &one, sizeof one);
    (void)written;  // full only when nobody has looked for 2^64 signals
    errno = before;
}

int clinux_expect_signal(int number) {
    if (number <= 0 || number >= NSIG) return -EINVAL;
    if (atomic_load(&events[number]) == 0) {
        int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (descriptor < 0) return -errno;
        int none = 0;
        if (!atomic_compare_exchange_strong(&events[number], &none, descriptor + 1)) close(descriptor);
    }
    struct sigaction action = {.sa_handler = received, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) < 0 ? -errno : atomic_load(&events[number]) - 1;
}

void clinux_ignore_signal(int number) { signal(number, SIG_IGN); }
