// Datagrams as whole frames through a packet socket: many sessions' packets in one system call, past the routing and
// the queues of the sending side. Ethernet's header is learned from a datagram that the kernel itself sent.
#ifndef CLINUX_FRAMES_H
#define CLINUX_FRAMES_H
#include "batch.h"

enum {
    CLINUX_LINK_BYTES = 14,                      // Ethernet
    CLINUX_OFFLOAD_BYTES = 10,                   // struct virtio_net_hdr
    CLINUX_FRAME_HEADER_MAX = 10 + 14 + 40 + 8,  // and IPv6, UDP
    CLINUX_FRAME_SLOTS = 32,                     // frames per system call: few, so that their times are true
};

// How datagrams to an address leave this machine.
typedef struct {
    int interface;  // 0: unknown, or not over Ethernet
    int is_seen;    // whether anything was seen to leave
    uint32_t mtu;
    uint8_t header[CLINUX_LINK_BYTES];
} clinux_link;

// A socket that sees what leaves by any interface, or -errno.
int clinux_open_watch(void);
// Waits up to `milliseconds` for the first UDP datagram between these addresses on `watch`; how it leaves.
clinux_link clinux_watch_link(int watch, clinux_address source, clinux_address target, int milliseconds);
// A socket that sends frames by an interface, each preceded by a struct virtio_net_hdr; or -errno. Frames that are to
// be cut cannot go past the interface's queue, where the kernel cuts what the interface does not.
int clinux_open_frames(int interface, int are_cut);
// Writes what precedes the payload of a datagram, or of `segments` datagrams of `segment_bytes` each that the interface
// or the kernel cuts: offload, Ethernet, IP and UDP headers. They also fill in the UDP checksum. Returns the bytes
// written.
int clinux_write_headers(uint8_t *to, const clinux_link *link, clinux_address source, clinux_address target,
                         int segment_bytes, int segments);
// Whether this kernel cuts such frames (Linux 6.2).
int clinux_cuts_frames(void);

typedef struct {
    clinux_message messages[CLINUX_FRAME_SLOTS];
    struct iovec pieces[CLINUX_FRAME_SLOTS];
} clinux_frame_batch;

static inline void clinux_frames_prepare(clinux_frame_batch *b) {
    memset(b, 0, sizeof *b);
    for (int i = 0; i < CLINUX_FRAME_SLOTS; i++) {
        b->messages[i].msg_hdr.msg_iov = &b->pieces[i];
        b->messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static inline void clinux_set_frame(clinux_frame_batch *b, int i, const void *frame, size_t bytes) {
    b->pieces[i].iov_base = (void *)(uintptr_t)frame;
    b->pieces[i].iov_len = bytes;
}

// Sends slots from..<to; how many went, or -errno when the first did not.
static inline int clinux_send_frames(int descriptor, clinux_frame_batch *b, int from, int to) {
    return clinux_sendmmsg(descriptor, b->messages + from, (unsigned)(to - from));
}
#endif
