// What a generator of traffic needs besides a relay: runs of datagrams over a connected socket, fine waits, CPU time.
#ifndef CLINUX_TRAFFIC_H
#define CLINUX_TRAFFIC_H
#include "batch.h"
#include "epoll.h"

// Sends `count` bytes over a connected socket as datagrams of `segment_bytes` each, the last one perhaps shorter, in
// one system call. 0, or -errno.
static inline int clinux_send_run(int descriptor, const void *bytes, size_t count, uint16_t segment_bytes) {
    struct iovec piece = {(void *)(uintptr_t)bytes, count};
    _Alignas(struct cmsghdr) uint8_t control[CLINUX_CONTROL_BYTES];
    struct msghdr m = {.msg_iov = &piece, .msg_iovlen = 1};
    m.msg_controllen = clinux_send_controls(control, count > segment_bytes ? 2 : 1, segment_bytes, 0, 1);
    m.msg_control = m.msg_controllen ? control : 0;
    return sendmsg(descriptor, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

// Events ready within `nanoseconds`, or 0 (also when a signal came first).
int clinux_epoll_wait_fine(int epoll, struct epoll_event *events, int capacity, uint64_t nanoseconds);

// CPU time of the calling thread, in nanoseconds.
static inline uint64_t clinux_thread_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}
#endif
