// Step 5: what the allocation and its user may relay.
#ifndef TERN_BUDGET_H
#define TERN_BUDGET_H
#include <linux/types.h>

#include "helpers.h"
#include "layout.h"
#include "maps.h"

// Takes the bytes from a bucket; 0 when it is empty. A datagram passes whole while anything is left.
INLINE int take(struct tern_budget *budget, __u32 bytes, __u64 now) {
    if (!budget->cost) return 1;
    __u64 cost = bytes * budget->cost >> TERN_COST_SHIFT;
    __u64 full_at = budget->full_at;
    // Another core may spend at the same moment; who loses twice passes free.
    for (int attempt = 0; attempt < 2; attempt++) {
        if (full_at > now && full_at - now >= TERN_BURST_NANOSECONDS) return 0;
        __u64 next = (full_at > now ? full_at : now) + cost;
        __u64 seen = __sync_val_compare_and_swap(&budget->full_at, full_at, next);
        if (seen == full_at) break;
        full_at = seen;
    }
    return 1;
}

INLINE int spend(struct tern_entry *entry, __u32 bytes, __u64 now) {
    struct tern_budget *allocation = map_lookup(&tern_allocations, &entry->allocation);
    struct tern_budget *user = map_lookup(&tern_users, &entry->user);
    if (!allocation || !user) return 0;
    if (!take(allocation, bytes, now)) {
        __sync_fetch_and_add(&allocation->dropped, 1);
        return 0;
    }
    if (!take(user, bytes, now)) {
        __sync_fetch_and_add(&allocation->dropped_by_user, 1);
        return 0;
    }
    return 1;
}
#endif
