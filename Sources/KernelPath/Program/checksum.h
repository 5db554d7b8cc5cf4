// One's complement sums [RFC 1071].
#ifndef TERN_CHECKSUM_H
#define TERN_CHECKSUM_H
#include <linux/types.h>

#include "helpers.h"

INLINE __u16 fold(__u64 sum) {
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (__u16)sum;
}

// An IPv4 header without options, as five words.
INLINE __u16 header_sum(const void *header) {
    const __u32 *words = header;
    return fold((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
}
#endif
