// Steps 2 and 3: whose datagram it is, and whether it may pass.
#ifndef TERN_ENTRY_H
#define TERN_ENTRY_H
#include <linux/bpf.h>
#include <linux/types.h>

#include "checksum.h"
#include "helpers.h"
#include "layout.h"
#include "maps.h"
#include "packet.h"

// Step 2: what the relay has said about such datagrams. Payload of a peer may look like ChannelData.
INLINE struct tern_entry *find(struct incoming *in) {
    struct tern_entry *entry = map_lookup(&tern_entries, &in->key);
    if (in->key.channel) {
        if (entry) {
            in->bytes -= TERN_CHANNEL_BYTES;
            in->header_bytes += TERN_CHANNEL_BYTES;
        } else {
            in->key.channel = 0;
            entry = map_lookup(&tern_entries, &in->key);
        }
    }
    return entry;
}

INLINE struct tern_interface *interface_at(__u32 index) {
    __u32 place = index % TERN_INTERFACES;
    struct tern_interface *interface = map_lookup(&tern_interfaces, &place);
    return interface && interface->index == index ? interface : 0;
}

INLINE int is_for_this_host(struct xdp_md *context, struct incoming *in) {
    __u32 index = context->ingress_ifindex;
    if (in->tag) {
        struct tern_vlan tagged = {.lower = index, .tag = in->tag};
        __u32 *vlan = map_lookup(&tern_vlans, &tagged);
        if (!vlan) return 0;
        index = *vlan;
    }
    struct tern_interface *interface = interface_at(index);
    if (!interface) return 0;
    const __u8 *a = interface->mac, *b = in->target_mac;
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4]) | (a[5] ^ b[5])) == 0;
}

// Step 3: in time, and not the one datagram that goes up on purpose.
INLINE int may_pass(struct tern_state *state, int to_peer, __u64 now) {
    if (state->deadline <= now) return TERN_UP_EXPIRED;
    __u32 unit = (__u32)(now >> TERN_REFRESH_SHIFT);
    __u32 *last = to_peer ? &state->up_to_peer : &state->up_to_client;
    if (unit - *last < TERN_REFRESH_UNITS) return 0;
    *last = unit;
    return TERN_UP_REFRESH;
}

// A checksum of 0 is none. One that covers the pseudo-header alone is still to be completed by an interface: the
// sender is on this host, or the kernel has merged several datagrams into one. Only user space can tell them apart.
INLINE int has_whole_checksum(struct incoming *in, struct tern_entry *entry) {
    return in->checksum && in->checksum != fold((__u64)entry->pseudo_in + in->udp_bytes);
}

INLINE struct tern_entry *find_other_end(struct tern_entry *entry) {
    struct tern_key key = {};
    __builtin_memcpy(key.source, entry->source, sizeof key.source);
    __builtin_memcpy(key.target, entry->target, sizeof key.target);
    key.source_port = entry->source_port;
    key.target_port = entry->target_port;
    key.family = entry->family;
    return map_lookup(&tern_entries, &key);
}
#endif
