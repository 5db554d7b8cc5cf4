// epoll, eventfd and the clock: what one turn of an event loop waits for.
#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    CLINUX_READABLE = EPOLLIN,
    CLINUX_WRITABLE = EPOLLOUT,
    CLINUX_FAILED = EPOLLERR,
    CLINUX_HUNG_UP = EPOLLHUP,
};

_Static_assert(sizeof(struct epoll_event) == 12, "epoll_event is packed on x86-64 and must stay so for Swift");

static inline int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int clinux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int clinux_epoll_change(int epoll, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}

static inline int clinux_epoll_remove(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, 0);
}

// Events ready, or 0 (also when a signal came first).
static inline int clinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_ms) {
    int count = epoll_wait(epoll, events, capacity, timeout_ms);
    return count < 0 && errno == EINTR ? 0 : count;
}

static inline uint32_t clinux_event_mask(const struct epoll_event *event) { return event->events; }
static inline uint64_t clinux_event_token(const struct epoll_event *event) { return event->data.u64; }

static inline int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline void clinux_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written;  // a full counter means that the reader is awake already
}
static inline void clinux_eventfd_clear(int descriptor) {
    uint64_t count;
    ssize_t got = read(descriptor, &count, sizeof count);
    (void)got;
}

static inline uint64_t clinux_monotonic_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}
static inline int64_t clinux_unix_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    return t.tv_sec;
}
#endif
