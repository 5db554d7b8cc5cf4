// The steps of the program, in their order.
#ifndef TERN_FORWARD_H
#define TERN_FORWARD_H
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <linux/types.h>

#include "helpers.h"
#include "layout.h"
#include "maps.h"

enum {
    UDP_BYTES = sizeof(struct udphdr),
    FAMILY_IPV4 = 2,  // AF_INET
    FAMILY_IPV6 = 10,
    FRAGMENT_BITS = 0x3fff,  // More Fragments, and the offset
    VLAN_BITS = 0x0fff,      // of a tag: the VLAN; the others are its priority
};

// What stands behind the addresses of a tagged frame [IEEE 802.1Q].
struct tag {
    __be16 vlan;
    __be16 type;
};

// A datagram as it came.
struct incoming {
    struct tern_key key;
    __u32 link_bytes;     // Ethernet, with its tag
    __u32 header_bytes;   // Ethernet, IP and UDP; and ChannelData's
    __u32 bytes;          // of payload
    __u32 channel_bytes;  // what ChannelData's header says about it
    __u32 padding;        // behind the IP packet: short Ethernet frames are filled up
    __u16 udp_bytes;      // network order
    __u16 checksum;
    __be16 tag;  // the VLAN; 0: none
    __u8 type_of_service;
    __u8 target_mac[ETH_ALEN];
};

static const __u32 zero = 0;

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

// Step 1: UDP, whole, without options and extensions, lengths that agree.
INLINE int parse(struct xdp_md *context, struct incoming *in) {
    void *data = (void *)(long)context->data;
    void *end = (void *)(long)context->data_end;
    struct ethhdr *ethernet = data;
    void *network = ethernet + 1;
    struct udphdr *udp;
    __u32 packet_bytes;

    if (network > end) return 0;
    __be16 type = ethernet->h_proto;
    in->link_bytes = ETH_HLEN;
    if (type == swap16(ETH_P_8021Q)) {
        struct tag *tag = network;
        if ((void *)(tag + 1) > end) return 0;
        in->link_bytes += sizeof *tag;
        in->tag = tag->vlan & swap16(VLAN_BITS);
        type = tag->type;
        network = tag + 1;
    }
    if (type == swap16(ETH_P_IP)) {
        struct iphdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return 0;
        if (*(__u8 *)ip != 0x45 || ip->protocol != IPPROTO_UDP || (ip->frag_off & swap16(FRAGMENT_BITS))) return 0;
        if (header_sum(ip) != 0xffff) return 0;
        packet_bytes = swap16(ip->tot_len);
        in->header_bytes = in->link_bytes + sizeof *ip + UDP_BYTES;
        in->key.family = TERN_IPV4;
        __builtin_memcpy(in->key.source, &ip->saddr, sizeof ip->saddr);
        __builtin_memcpy(in->key.target, &ip->daddr, sizeof ip->daddr);
        in->type_of_service = ip->tos;
    } else if (type == swap16(ETH_P_IPV6)) {
        struct ipv6hdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return 0;
        if (ip->version != 6 || ip->nexthdr != IPPROTO_UDP) return 0;
        packet_bytes = sizeof *ip + swap16(ip->payload_len);
        in->header_bytes = in->link_bytes + sizeof *ip + UDP_BYTES;
        in->key.family = TERN_IPV6;
        __builtin_memcpy(in->key.source, &ip->saddr, sizeof ip->saddr);
        __builtin_memcpy(in->key.target, &ip->daddr, sizeof ip->daddr);
        in->type_of_service = (__u8)(ip->priority << 4 | ip->flow_lbl[0] >> 4);
    } else {
        return 0;
    }

    __u32 udp_bytes = swap16(udp->len);
    __u32 frame_bytes = (__u32)(end - data);
    if (udp_bytes < UDP_BYTES || packet_bytes + in->link_bytes != in->header_bytes - UDP_BYTES + udp_bytes) return 0;
    if (packet_bytes + in->link_bytes > frame_bytes) return 0;
    in->padding = frame_bytes - packet_bytes - in->link_bytes;
    in->bytes = udp_bytes - UDP_BYTES;
    in->udp_bytes = udp->len;
    in->checksum = udp->check;
    in->key.source_port = udp->source;
    in->key.target_port = udp->dest;
    __builtin_memcpy(in->target_mac, ethernet->h_dest, ETH_ALEN);

    __be16 *channel = (void *)(udp + 1);
    if (in->bytes >= TERN_CHANNEL_BYTES && (void *)(channel + 2) <= end && (*(__u8 *)channel & 0xc0) == 0x40) {
        in->key.channel = channel[0];
        in->channel_bytes = swap16(channel[1]);
    }
    return 1;
}

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

// Step 4: the way out, as for a datagram that this host sends itself: by the loopback interface's rules.
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

// Step 5: what the allocation and its user may relay.
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

INLINE void count(__u64 *packets, __u64 *counted, __u32 bytes) {
    __sync_fetch_and_add(packets, 1);
    __sync_fetch_and_add(counted, bytes);
}

// Step 6: new headers around the payload, which stays where it is. 0, an outcome, or -1.
INLINE int rewrite(struct xdp_md *context, struct tern_interface *by, struct incoming *in, struct tern_entry *entry,
                   struct tern_entry *out, struct tern_settings *settings, __u32 udp_bytes) {
    // What goes from the sum and what comes to it [RFC 1624]: constants of the entries, and the lengths.
    __u64 sum = (__u64)(__u16)~in->checksum + (__u16)~entry->sum_in + out->sum_out;
    __u16 length = swap16((__u16)udp_bytes);
    sum += 2 * (__u64)(__u16)~in->udp_bytes + 2 * (__u64)length;
    if (in->key.channel) sum += (__u16)~swap16((__u16)in->bytes);
    if (out->channel) sum += swap16((__u16)in->bytes);
    __u16 checksum = (__u16)~fold(sum);
    if (!checksum) checksum = 0xffff;

    int is_ipv4 = out->family == TERN_IPV4;
    int link_bytes = ETH_HLEN + (by->tag ? sizeof(struct tag) : 0);
    int header_bytes = link_bytes + (is_ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) + UDP_BYTES
                       + (out->channel ? TERN_CHANNEL_BYTES : 0);
    if (in->padding && adjust_tail(context, -(int)in->padding)) return TERN_UP_NO_ROOM;
    int shift = (int)in->header_bytes - header_bytes;
    if (shift && adjust_head(context, shift)) return TERN_UP_NO_ROOM;

    void *end = (void *)(long)context->data_end;
    __u16 *ethernet = (void *)(long)context->data;
    void *network = (void *)ethernet + ETH_HLEN;
    __be16 type = is_ipv4 ? swap16(ETH_P_IP) : swap16(ETH_P_IPV6);
    if (by->tag) {
        struct tag *tag = network;
        network = tag + 1;
        if (network > end) return -1;
        tag->vlan = by->tag;
        tag->type = type;
        type = swap16(ETH_P_8021Q);
    }
    struct udphdr *udp;
    __u8 type_of_service = in->type_of_service & settings->type_of_service_mask;
    if (is_ipv4) {
        struct iphdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return -1;
        *(__u8 *)ip = 0x45;
        ip->tos = type_of_service;
        ip->tot_len = swap16((__u16)(sizeof *ip + udp_bytes));
        // May be fragmented on its way, as what the relay sends itself [RFC 8656 15]: the number must not repeat.
        ip->id = (__u16)random_number();
        ip->frag_off = 0;
        ip->ttl = settings->time_to_live;
        ip->protocol = IPPROTO_UDP;
        ip->check = 0;
        __builtin_memcpy(&ip->saddr, out->source, sizeof ip->saddr);
        __builtin_memcpy(&ip->daddr, out->target, sizeof ip->daddr);
        ip->check = (__u16)~header_sum(ip);
    } else {
        struct ipv6hdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return -1;
        *(__be32 *)ip = swap32(6u << 28 | (__u32)type_of_service << 20) | out->flow_label;
        ip->payload_len = length;
        ip->nexthdr = IPPROTO_UDP;
        ip->hop_limit = settings->hop_limit;
        __builtin_memcpy(&ip->saddr, out->source, sizeof ip->saddr);
        __builtin_memcpy(&ip->daddr, out->target, sizeof ip->daddr);
    }
    const __u16 *mac = (const void *)by->mac;
    *(__u32 *)ethernet = (__u32)out->hop;
    ethernet[2] = (__u16)(out->hop >> 32);
    *(__u32 *)(ethernet + 3) = *(const __u32 *)mac;
    ethernet[5] = mac[2];
    ethernet[6] = type;
    udp->source = out->source_port;
    udp->dest = out->target_port;
    udp->len = length;
    udp->check = checksum;
    if (out->channel) {
        __be16 *channel = (void *)(udp + 1);
        if ((void *)(channel + 2) > end) return -1;
        channel[0] = out->channel;
        channel[1] = swap16((__u16)in->bytes);
    }
    return 0;
}
#endif
