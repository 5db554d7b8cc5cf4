// Datagrams in batches: recvmmsg and sendmmsg, merged receive (UDP_GRO) and segmented send (UDP_SEGMENT).
#ifndef CLINUX_BATCH_H
#define CLINUX_BATCH_H
#include "socket.h"
#include <sys/uio.h>

enum {
    CLINUX_RECEIVE_SLOTS = 64,          // datagrams (or merged runs of them) taken per system call
    CLINUX_SEND_SLOTS = 128,            // messages queued before a flush
    CLINUX_BUFFER_BYTES = 65536,        // the largest merged run
    CLINUX_SEGMENTS_MAX = 64,           // segments per send that every kernel since 4.18 takes
    CLINUX_PIECES_MAX = 2 * CLINUX_SEGMENTS_MAX + 2,  // a header and a payload for each, and room for padding
    CLINUX_CONTROL_BYTES = 64,          // UDP_SEGMENT or UDP_GRO, and a type of service
};

// struct mmsghdr, which the C library hides without _GNU_SOURCE.
typedef struct {
    struct msghdr msg_hdr;
    unsigned int msg_len;
} clinux_message;

// recvmmsg and sendmmsg without waiting: messages received or sent, or -errno.
int clinux_recvmmsg(int descriptor, clinux_message *messages, unsigned int count);
int clinux_sendmmsg(int descriptor, clinux_message *messages, unsigned int count);

typedef struct {
    uint32_t bytes;          // received in all
    uint32_t segment_bytes;  // of each datagram but the last; equal to `bytes` when there is one
    uint8_t type_of_service;
    uint8_t truncated;
    clinux_address from;
} clinux_received;

typedef struct {
    clinux_message messages[CLINUX_RECEIVE_SLOTS];
    struct iovec pieces[CLINUX_RECEIVE_SLOTS];
    clinux_sockaddr names[CLINUX_RECEIVE_SLOTS];
    _Alignas(struct cmsghdr) uint8_t control[CLINUX_RECEIVE_SLOTS][CLINUX_CONTROL_BYTES];
} clinux_receive_batch;

// `buffers` holds a buffer per slot, `stride` bytes apart; the first `headroom` bytes of each stay free.
static inline void clinux_receive_prepare(clinux_receive_batch *b, uint8_t *buffers, size_t stride, size_t headroom) {
    memset(b, 0, sizeof *b);
    for (int i = 0; i < CLINUX_RECEIVE_SLOTS; i++) {
        b->pieces[i].iov_base = buffers + stride * i + headroom;
        b->pieces[i].iov_len = CLINUX_BUFFER_BYTES;
        struct msghdr *m = &b->messages[i].msg_hdr;
        m->msg_name = &b->names[i];
        m->msg_namelen = sizeof b->names[i];
        m->msg_iov = &b->pieces[i];
        m->msg_iovlen = 1;
        m->msg_control = b->control[i];
        m->msg_controllen = CLINUX_CONTROL_BYTES;
    }
}

static inline void clinux_received_controls(const struct msghdr *header, clinux_received *r) {
    struct msghdr *m = (struct msghdr *)(uintptr_t)header;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof size);
            if (size > 0) r->segment_bytes = (uint32_t)size;
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) {
            r->type_of_service = *CMSG_DATA(c);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS) {
            int value;
            memcpy(&value, CMSG_DATA(c), sizeof value);
            r->type_of_service = (uint8_t)value;
        }
    }
}

// Datagrams received (a merged run counts once), or -errno.
static inline int clinux_receive_many(int descriptor, clinux_receive_batch *b, int count) {
    return clinux_recvmmsg(descriptor, b->messages, (unsigned)count);
}

// What slot `i` holds; readies the slot for the next call.
static inline clinux_received clinux_take(clinux_receive_batch *b, int i) {
    struct msghdr *m = &b->messages[i].msg_hdr;
    uint32_t bytes = b->messages[i].msg_len;
    clinux_received r = {bytes, bytes, 0, (m->msg_flags & MSG_TRUNC) != 0, clinux_unpack(&b->names[i])};
    clinux_received_controls(m, &r);
    m->msg_namelen = sizeof b->names[i];
    m->msg_controllen = CLINUX_CONTROL_BYTES;
    return r;
}

// One datagram or merged run into slot `i`, or -errno.
static inline int clinux_receive_one(int descriptor, clinux_receive_batch *b, int i, clinux_received *into) {
    struct msghdr *m = &b->messages[i].msg_hdr;
    ssize_t bytes = recvmsg(descriptor, m, MSG_DONTWAIT);
    if (bytes < 0) return -errno;
    b->messages[i].msg_len = (uint32_t)bytes;
    *into = clinux_take(b, i);
    return 0;
}

// Control messages of a send: the segment size when there is more than one datagram, the type of service when set.
static inline size_t clinux_send_controls(uint8_t *control, int segments, uint16_t segment_bytes,
                                          uint8_t type_of_service, int family) {
    size_t length = 0;
    if (segments > 1) {
        struct cmsghdr *c = (struct cmsghdr *)(void *)control;
        c->cmsg_level = IPPROTO_UDP;
        c->cmsg_type = UDP_SEGMENT;
        c->cmsg_len = CMSG_LEN(sizeof segment_bytes);
        memcpy(CMSG_DATA(c), &segment_bytes, sizeof segment_bytes);
        length = CMSG_SPACE(sizeof segment_bytes);
    }
    if (type_of_service) {
        struct cmsghdr *c = (struct cmsghdr *)(void *)(control + length);
        int value = type_of_service;
        c->cmsg_level = family == 1 ? IPPROTO_IP : IPPROTO_IPV6;
        c->cmsg_type = family == 1 ? IP_TOS : IPV6_TCLASS;
        c->cmsg_len = CMSG_LEN(sizeof value);
        memcpy(CMSG_DATA(c), &value, sizeof value);
        length += CMSG_SPACE(sizeof value);
    }
    return length;
}

typedef struct {
    clinux_sockaddr name;
    struct iovec pieces[CLINUX_PIECES_MAX];
    _Alignas(struct cmsghdr) uint8_t control[CLINUX_CONTROL_BYTES];
} clinux_send_slot;

typedef struct {
    clinux_message messages[CLINUX_SEND_SLOTS];
    int descriptors[CLINUX_SEND_SLOTS];
    uint16_t datagrams[CLINUX_SEND_SLOTS];
    uint16_t segment_bytes[CLINUX_SEND_SLOTS];
    clinux_send_slot slots[CLINUX_SEND_SLOTS];
} clinux_send_batch;

static inline void clinux_add_piece(struct iovec *pieces, int i, const void *base, size_t bytes) {
    pieces[i].iov_base = (void *)(uintptr_t)base;
    pieces[i].iov_len = bytes;
}

// Completes slot `i`, whose first `piece_count` pieces are set.
static inline void clinux_complete(clinux_send_batch *b, int i, int descriptor, clinux_address to, int piece_count,
                                   int segments, uint16_t segment_bytes, uint8_t type_of_service) {
    clinux_send_slot *s = &b->slots[i];
    struct msghdr *m = &b->messages[i].msg_hdr;
    m->msg_name = &s->name;
    m->msg_namelen = clinux_pack(&s->name, to.high, to.low, to.port, to.family);
    m->msg_iov = s->pieces;
    m->msg_iovlen = (size_t)piece_count;
    m->msg_flags = 0;
    m->msg_controllen = clinux_send_controls(s->control, segments, segment_bytes, type_of_service, to.family);
    m->msg_control = m->msg_controllen ? s->control : 0;
    b->descriptors[i] = descriptor;
    b->datagrams[i] = (uint16_t)segments;
    b->segment_bytes[i] = segment_bytes;
}

static inline uint16_t clinux_segment_bytes(const clinux_send_batch *b, int i) { return b->segment_bytes[i]; }
static inline uint16_t clinux_datagrams(const clinux_send_batch *b, int i) { return b->datagrams[i]; }
static inline int clinux_descriptor(const clinux_send_batch *b, int i) { return b->descriptors[i]; }
static inline struct iovec *clinux_pieces(clinux_send_batch *b, int i) { return b->slots[i].pieces; }

// Sends one datagram of slot `i` from its own pieces. 0, or -errno.
static inline int clinux_send_pieces(const clinux_send_batch *b, int i, struct iovec *pieces, int count) {
    struct msghdr m = b->messages[i].msg_hdr;
    m.msg_iov = pieces;
    m.msg_iovlen = (size_t)count;
    m.msg_control = 0;
    m.msg_controllen = 0;
    return sendmsg(b->descriptors[i], &m, MSG_DONTWAIT) < 0 ? -errno : 0;
}
// Sends slots from..<to, all of one descriptor; how many went, or -errno when the first did not.
static inline int clinux_send_many(clinux_send_batch *b, int from, int to) {
    return clinux_sendmmsg(b->descriptors[from], b->messages + from, (unsigned)(to - from));
}

// Sends slot `i` alone: 1, or -errno.
static inline int clinux_send_one(clinux_send_batch *b, int i) {
    return sendmsg(b->descriptors[i], &b->messages[i].msg_hdr, MSG_DONTWAIT) < 0 ? -errno : 1;
}

// A single datagram, for answers. 0, or -errno.
static inline int clinux_send_datagram(int descriptor, const void *bytes, size_t count, clinux_address to,
                                       uint8_t type_of_service) {
    clinux_sockaddr name;
    struct iovec piece = {(void *)(uintptr_t)bytes, count};
    _Alignas(struct cmsghdr) uint8_t control[CLINUX_CONTROL_BYTES];
    struct msghdr m = {.msg_name = &name, .msg_iov = &piece, .msg_iovlen = 1};
    m.msg_namelen = clinux_pack(&name, to.high, to.low, to.port, to.family);
    m.msg_controllen = clinux_send_controls(control, 1, 0, type_of_service, to.family);
    m.msg_control = m.msg_controllen ? control : 0;
    return sendmsg(descriptor, &m, MSG_DONTWAIT) < 0 ? -errno : 0;
}

typedef struct {
    clinux_address peer;  // where the offending datagram went
    uint32_t error_info;  // the path MTU where the type says so
    uint8_t type, code, from_network;
} clinux_icmp;

// The next error from the socket's error queue: 1, or 0 when there is none.
static inline int clinux_receive_error(int descriptor, clinux_icmp *into) {
    uint8_t payload[64];
    _Alignas(struct cmsghdr) uint8_t control[256];
    clinux_sockaddr name;
    memset(&name, 0, sizeof name);
    struct iovec piece = {payload, sizeof payload};
    struct msghdr m = {.msg_name = &name, .msg_namelen = sizeof name, .msg_iov = &piece, .msg_iovlen = 1,
                       .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(descriptor, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return 0;
    memset(into, 0, sizeof *into);
    into->peer = clinux_unpack(&name);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            struct sock_extended_err e;
            memcpy(&e, CMSG_DATA(c), sizeof e);
            into->type = e.ee_type;
            into->code = e.ee_code;
            into->error_info = e.ee_info;
            into->from_network = e.ee_origin == SO_EE_ORIGIN_ICMP || e.ee_origin == SO_EE_ORIGIN_ICMP6;
        }
    }
    return 1;
}
#endif
