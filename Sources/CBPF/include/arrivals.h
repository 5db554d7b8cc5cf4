// What the load generator's program in the kernel and the generator share: the payload's stamp, and what came of it.
#ifndef CBPF_ARRIVALS_H
#define CBPF_ARRIVALS_H
#include <linux/types.h>

enum {
    TERN_STAMP_MARK = 0x6C6F6164,  // tells a payload of ours from what else comes
    TERN_HISTOGRAM_HALF_BITS = 10,
    TERN_HISTOGRAM_SHIFT_MAX = 26,
    TERN_HISTOGRAM_COUNTS = (TERN_HISTOGRAM_SHIFT_MAX + 2) << TERN_HISTOGRAM_HALF_BITS,
};

// What every payload begins with, in the machine's byte order.
struct tern_stamp {
    __u32 mark;
    __u32 session;  // the highest bit: from the peer to the client
    __u64 number;
    __u64 sent_at;  // CLOCK_MONOTONIC, nanoseconds
};

// One session's packets in one direction: at twice the session's number, and one more for those to the client.
struct tern_flow {
    __u64 next;     // one more than the highest number that came
    __u64 window;   // which of the 64 numbers below `next` came: the newest in the lowest bit
    __s64 transit;  // of the last one, in nanoseconds
    __u64 jitter;   // in sixteenths of a nanosecond [RFC 3550 A.8]
    __u32 port;     // of the socket that they are to come to; 0: no packet of this flow may come
    __u32 bytes;    // of each payload; 0: any
};

// All sessions together.
struct tern_arrivals {
    __u64 received;
    __u64 received_bytes;
    __u64 duplicates;
    __u64 reordered;
    __u64 strays;     // stamped, and at another socket or of another length than they should be
    __u64 swallowed;  // what the program took, a merged run once: the socket counts it as dropped
};
#endif
