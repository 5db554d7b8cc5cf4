// What a generator of traffic needs besides a relay: runs of datagrams over a connected socket, fine waits, CPU time.
#ifndef CLINUX_TRAFFIC_H
#define CLINUX_TRAFFIC_H
#include "batch.h"
#include "epoll.h"

// UDP options of a socket that carries traffic: merged receive, the time of arrival, fragments allowed.
static inline void clinux_prepare_traffic(int descriptor, int family) {
    clinux_set(descriptor, IPPROTO_UDP, UDP_GRO, 1);
    clinux_set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    if (family == 1) clinux_set(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    else clinux_set(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
}

// Has the kernel leave out where datagrams come from.
static inline void clinux_receive_nameless(clinux_receive_batch *b) {
    for (int i = 0; i < CLINUX_RECEIVE_SLOTS; i++) b->messages[i].msg_hdr.msg_name = 0;
}

// When the kernel got what slot `i` holds, in nanoseconds of CLOCK_REALTIME; 0 if it did not say. Before `clinux_take`.
static inline uint64_t clinux_arrival_time(clinux_receive_batch *b, int i) {
    struct msghdr *m = &b->messages[i].msg_hdr;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS) continue;
        struct timespec t;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
    }
    return 0;
}

// As clinux_receive_one, with the time at which the kernel got it.
static inline int clinux_receive_timed(int descriptor, clinux_receive_batch *b, int i, clinux_received *into,
                                       uint64_t *arrival) {
    ssize_t bytes = recvmsg(descriptor, &b->messages[i].msg_hdr, MSG_DONTWAIT);
    if (bytes < 0) return -errno;
    b->messages[i].msg_len = (uint32_t)bytes;
    *arrival = clinux_arrival_time(b, i);
    *into = clinux_take(b, i);
    return 0;
}

// What is to be added to a time of CLOCK_REALTIME to make it one of CLOCK_MONOTONIC.
static inline uint64_t clinux_realtime_to_monotonic(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return clinux_monotonic_nanoseconds() - ((uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec);
}

// Sends `count` bytes over a connected socket as datagrams of `segment_bytes` each, the last one perhaps shorter, in
// one system call. 0, or -errno.
static inline int clinux_send_run(int descriptor, const void *bytes, size_t count, uint16_t segment_bytes) {
    if (count <= segment_bytes)
        return send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
    struct iovec piece = {(void *)(uintptr_t)bytes, count};
    _Alignas(struct cmsghdr) uint8_t control[CLINUX_CONTROL_BYTES];
    struct msghdr m = {.msg_iov = &piece, .msg_iovlen = 1};
    m.msg_controllen = clinux_send_controls(control, 2, segment_bytes, 0, 1);
    m.msg_control = control;
    return sendmsg(descriptor, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

// Events ready within `nanoseconds`, or 0 (also when a signal came first).
int clinux_epoll_wait_fine(int epoll, struct epoll_event *events, int capacity, uint64_t nanoseconds);

// Sleeps until that time of CLOCK_MONOTONIC, in nanoseconds, or a signal.
void clinux_sleep_until(uint64_t nanoseconds);

// Has the calling thread's waits end when they are over, and not up to 50 us later.
void clinux_wake_in_time(void);

// CPU time of the calling thread, in nanoseconds.
static inline uint64_t clinux_thread_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

// CPU time of all threads of this process, in nanoseconds.
static inline uint64_t clinux_process_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}
#endif
