// Step 4: the way out.
#ifndef TERN_HOP_H
#define TERN_HOP_H
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>

#include "entry.h"
#include "helpers.h"
#include "layout.h"
#include "packet.h"

enum {
    FAMILY_IPV4 = 2,  // AF_INET
    FAMILY_IPV6 = 10,
};

// As for a datagram that this host sends itself: by the loopback interface's rules.
INLINE int look_up_hop(struct xdp_md *context, struct tern_entry *out, struct tern_settings *settings,
                       __u8 type_of_service, __u64 valid) {
    struct bpf_fib_lookup route = {};
    route.l4_protocol = IPPROTO_UDP;
    route.sport = out->source_port;
    route.dport = out->target_port;
    route.ifindex = settings->loopback;
    if (out->family == TERN_IPV4) {
        route.family = FAMILY_IPV4;
        route.tos = type_of_service;
        __builtin_memcpy(&route.ipv4_src, out->source, sizeof route.ipv4_src);
        __builtin_memcpy(&route.ipv4_dst, out->target, sizeof route.ipv4_dst);
    } else {
        route.family = FAMILY_IPV6;
        __builtin_memcpy(route.ipv6_src, out->source, sizeof route.ipv6_src);
        __builtin_memcpy(route.ipv6_dst, out->target, sizeof route.ipv6_dst);
    }
    if (fib_lookup(context, &route, sizeof route, 0) != BPF_FIB_LKUP_RET_SUCCESS) return 0;
    if (!interface_at(route.ifindex)) return 0;
    __u64 hop = 0;
    __builtin_memcpy(&hop, route.dmac, ETH_ALEN);
    // One word each: another core reads the old or the new one, and either is right.
    out->hop = hop | (__u64)(route.ifindex % TERN_INTERFACES) << TERN_HOP_INTERFACE_SHIFT;
    out->hop_stamp = valid << TERN_HOP_TIME_SHIFT | route.mtu_result;
    return 1;
}

INLINE int find_hop(struct xdp_md *context, struct incoming *in, struct tern_entry *out,
                    struct tern_settings *settings, __u32 udp_bytes, __u64 now) {
    __u8 type_of_service = in->type_of_service & settings->type_of_service_mask & 0x1c;
    __u64 valid = ((__u64)(settings->generation & 0xffff) << TERN_HOP_GENERATION_SHIFT
                   | (__u64)type_of_service << TERN_HOP_SERVICE_SHIFT) >> TERN_HOP_TIME_SHIFT
                  | (now >> TERN_HOP_AGE_SHIFT & 0xffffff);
    if (out->hop_stamp >> TERN_HOP_TIME_SHIFT != valid
        && !look_up_hop(context, out, settings, type_of_service, valid)) return TERN_UP_ROUTE;
    __u32 header_bytes = out->family == TERN_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
    if (header_bytes + udp_bytes > (__u16)out->hop_stamp) return TERN_UP_TOO_BIG;
    return 0;
}
#endif
