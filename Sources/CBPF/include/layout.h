// What the kernel's program and the relay share: the records of its maps. Read by both compilers.
// Addresses and ports are in network order, an IPv4 address fills the first four bytes; everything else is in host
// order. Sums are one's complement sums over 16-bit words as they lie in memory (RFC 1071), not complemented.
#ifndef CBPF_LAYOUT_H
#define CBPF_LAYOUT_H
#include <linux/types.h>

enum {
    TERN_IPV4 = 1,  // as in STUN
    TERN_IPV6 = 2,
};

// What a datagram has to look like to be forwarded by an entry.
struct tern_key {
    __u8 source[16];
    __u8 target[16];
    __be16 source_port;
    __be16 target_port;
    __be16 channel;  // of ChannelData from a client; 0: the payload as it is, from a peer
    __u8 family;
    __u8 reserved;
} __attribute__((aligned(8)));  // copied by words

enum {
    // The way out leads to another allocation of this relay: the entry that its address pair names goes on.
    TERN_HAIRPIN = 1,
    // Nothing comes here from the wire: the peer is a relayed address of this relay.
    TERN_INSIDE = 2,
};

// What becomes of it.
struct tern_entry {
    __u8 source[16];
    __u8 target[16];
    __be16 source_port;
    __be16 target_port;
    __be16 channel;  // of the ChannelData to a client; 0: the payload as it is, to a peer
    __u8 family;
    __u8 flags;
    __u32 state;       // index of tern_state
    __u32 allocation;  // index of tern_budget
    __u32 user;        // index of tern_budget
    __u16 sum_in;      // of what is constant in the datagram as it comes: addresses, ports, protocol, channel
    __u16 pseudo_in;   // of addresses and protocol alone
    __u16 sum_out;     // of what is constant in it as it leaves
    __u16 reserved;
    __be32 flow_label;  // of IPv6 datagrams that leave, 20 bits [RFC 6437]
    // The next hop as the program has last looked it up: its hardware address, 6 bytes, and the place of the interface
    // that leads there; and what that holds for, TERN_HOP_... below. The relay writes 0.
    __u64 hop;
    __u64 hop_stamp;
} __attribute__((aligned(8)));

// One channel: until when it passes, and what passed. The relay writes `deadline`, the program the rest.
struct tern_state {
    __u64 deadline;  // CLOCK_MONOTONIC, nanoseconds; 0: nothing passes
    __u64 to_peer_packets, to_peer_bytes;
    __u64 to_client_packets, to_client_bytes;
    __u64 hairpin_packets, hairpin_bytes;  // the part of to_peer that went to another allocation
    __u32 up_to_peer, up_to_client;        // when a datagram last went up on purpose, in units of the refresh
};

// What an allocation or a user may relay (a token bucket of one second's worth), and what was dropped for it.
struct tern_budget {
    __u64 full_at;  // when the bucket is full again: one second ahead is empty
    __u64 cost;     // nanoseconds per byte, times 2^TERN_COST_SHIFT; 0: no limit
    __u64 dropped;          // datagrams over this rate
    __u64 dropped_by_user;  // of an allocation: datagrams over its user's rate
};

enum {
    TERN_COST_SHIFT = 20,
    TERN_BURST_NANOSECONDS = 1000000000,
    // How often a channel's datagram goes up although it need not, each way: what the relay then sends confirms the
    // neighbour's address, which forwarded datagrams do not. In units of 2^30 nanoseconds.
    TERN_REFRESH_SHIFT = 30,
    TERN_REFRESH_UNITS = 10,
    TERN_INTERFACES = 256,  // places for interfaces; one has the place of its index modulo this
    TERN_VLANS = 256,
    TERN_CHANNEL_BYTES = 4,
    // A stamp of a next hop: generation of the settings (16 bits), type of service (8), time (24), largest packet (16).
    TERN_HOP_GENERATION_SHIFT = 48,
    TERN_HOP_SERVICE_SHIFT = 40,
    TERN_HOP_TIME_SHIFT = 16,
    TERN_HOP_INTERFACE_SHIFT = 48,  // of a hop
    TERN_HOP_AGE_SHIFT = 30,        // it is looked up anew in every unit of 2^30 nanoseconds
};

// An interface that the program is attached to, or a VLAN of one: datagrams come in and leave by these alone.
struct tern_interface {
    __u32 index;      // 0: none
    __u32 lower;      // where the frames go: itself, or what the VLAN's frames travel over
    __u8 mac[6];
    __be16 tag;       // of the VLAN, 802.1Q; 0: none
    __u32 redirects;  // 1: also what leaves where it came in is redirected, not sent back by the driver
};

// How tagged frames come in: the key of `tern_vlans`, whose value is the VLAN's own index.
struct tern_vlan {
    __u32 lower;
    __be16 tag;
    __u16 reserved;
};

struct tern_settings {
    __u32 generation;  // counted up when something has changed on which next hops depend
    __u32 loopback;    // whose forwarding is on: routes are looked up as for what this host sends
    __u8 time_to_live;   // of IPv4 datagrams that leave
    __u8 hop_limit;      // of IPv6 datagrams that leave
    __u8 type_of_service_mask;  // the bits that are carried across
    __u8 reserved;
};

// Why datagrams that have an entry went up to the relay all the same; and those that did not.
enum {
    TERN_FORWARDED,
    TERN_UP_REFRESH,     // on purpose, every ten seconds
    TERN_UP_EXPIRED,     // its deadline has passed
    TERN_UP_LENGTH,      // lengths that disagree, or padding behind ChannelData
    TERN_UP_CHECKSUM,    // none, or still to be completed (checksum offload, merged datagrams)
    TERN_UP_ROUTE,       // no route, no neighbour, or by an interface without the program
    TERN_UP_TOO_BIG,     // would not fit
    TERN_UP_INSIDE,      // from the wire although its source is this relay, or a hairpin without an other end
    TERN_UP_NO_ROOM,     // no headroom in the buffer
    TERN_DROPPED_RATE,   // over the allocation's or the user's rate
    TERN_OUTCOMES,
};
#endif
