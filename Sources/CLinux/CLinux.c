// What needs the C library's extensions, which would change declarations that Swift sees elsewhere; and the layouts
// that the headers promise.
#define _GNU_SOURCE
#include "batch.h"
#include "epoll.h"
#include "process.h"
#include "socket.h"
#include "traffic.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

_Static_assert(CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(int)) <= CLINUX_CONTROL_BYTES, "controls must fit");
_Static_assert(CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec)) <= CLINUX_CONTROL_BYTES, "and times");
_Static_assert(sizeof(clinux_sockaddr) >= sizeof(struct sockaddr_in6), "an address must fit");
_Static_assert(sizeof(clinux_message) == sizeof(struct mmsghdr), "clinux_message must be struct mmsghdr");
_Static_assert(offsetof(clinux_message, msg_len) == offsetof(struct mmsghdr, msg_len), "also inside");

int clinux_recvmmsg(int descriptor, clinux_message *messages, unsigned int count) {
    int got = recvmmsg(descriptor, (struct mmsghdr *)messages, count, MSG_DONTWAIT, NULL);
    return got < 0 ? -errno : got;
}

int clinux_sendmmsg(int descriptor, clinux_message *messages, unsigned int count) {
    int sent = sendmmsg(descriptor, (struct mmsghdr *)messages, count, MSG_DONTWAIT);
    return sent < 0 ? -errno : sent;
}

int clinux_accept(int listener, clinux_address *peer) {
    clinux_sockaddr address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    int descriptor = accept4(listener, &address.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return -errno;
    *peer = clinux_unpack(&address);
    return descriptor;
}

int clinux_epoll_wait_fine(int epoll, struct epoll_event *events, int capacity, uint64_t nanoseconds) {
    struct timespec wait = {(time_t)(nanoseconds / 1000000000ull), (long)(nanoseconds % 1000000000ull)};
    int count = epoll_pwait2(epoll, events, capacity, &wait, NULL);
    return count < 0 && errno == EINTR ? 0 : count;
}

void clinux_sleep_until(uint64_t nanoseconds) {
    struct timespec wake = {(time_t)(nanoseconds / 1000000000ull), (long)(nanoseconds % 1000000000ull)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL);
}

void clinux_wake_in_time(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

uint64_t clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

void clinux_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none);
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void clinux_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }
