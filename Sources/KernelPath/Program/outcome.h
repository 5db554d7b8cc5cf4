// What is counted: datagrams that are not forwarded by their outcome, and those that are by their channel.
#ifndef TERN_OUTCOME_H
#define TERN_OUTCOME_H
#include <linux/bpf.h>
#include <linux/types.h>

#include "helpers.h"
#include "layout.h"
#include "maps.h"

INLINE int up(int outcome) {
    __u32 index = (__u32)outcome;
    __u64 *counter = map_lookup(&tern_outcomes, &index);
    if (counter) *counter += 1;  // of this core alone
    return XDP_PASS;
}

INLINE int drop(void) {
    (void)up(TERN_DROPPED_RATE);
    return XDP_DROP;
}

INLINE void count(__u64 *packets, __u64 *counted, __u32 bytes) {
    __sync_fetch_and_add(packets, 1);
    __sync_fetch_and_add(counted, bytes);
}
#endif
