// Forwards the datagrams of established channels without entering user space [RFC 8656 12]: client -> peer,
// peer -> client, and client -> client when both have their allocations on this relay.
//
// Whatever is unusual goes up to the relay untouched, which then does what it always did: the program decides
// everything before it changes the first byte. Nothing in it allocates, waits or loops.
#include <linux/bpf.h>
#include <linux/types.h>

#include "budget.h"
#include "entry.h"
#include "helpers.h"
#include "hop.h"
#include "layout.h"
#include "maps.h"
#include "outcome.h"
#include "packet.h"
#include "rewrite.h"

static const __u32 first = 0;

SECTION("xdp") int tern_forward(struct xdp_md *context) {
    struct incoming in = {};
    if (!parse(context, &in)) return XDP_PASS;

    struct tern_entry *entry = find(&in);
    if (!entry) return XDP_PASS;
    struct tern_settings *settings = map_lookup(&tern_settings_map, &first);
    if (!settings || !is_for_this_host(context, &in)) return XDP_PASS;

    __u64 now = coarse_nanoseconds();
    struct tern_state *from = map_lookup(&tern_states, &entry->state);
    if (!from) return XDP_PASS;
    int outcome = may_pass(from, in.key.channel != 0, now);
    if (outcome) return up(outcome);
    if (in.key.channel && in.channel_bytes != in.bytes) return up(TERN_UP_LENGTH);
    if (!has_whole_checksum(&in, entry)) return up(TERN_UP_CHECKSUM);

    // A hairpin takes two entries: the sender's way out, and the receiver's way in.
    struct tern_entry *out = entry;
    struct tern_state *to = from;
    if (entry->flags & TERN_HAIRPIN) {
        out = find_other_end(entry);
        if (!out) return up(TERN_UP_INSIDE);
        to = map_lookup(&tern_states, &out->state);
        if (!to) return up(TERN_UP_INSIDE);
        outcome = may_pass(to, 0, now);
        if (outcome) return up(outcome);
    } else if (entry->flags & TERN_INSIDE) {
        return up(TERN_UP_INSIDE);
    }

    __u32 udp_bytes = UDP_BYTES + (out->channel ? TERN_CHANNEL_BYTES : 0) + in.bytes;
    outcome = find_hop(context, &in, out, settings, udp_bytes, now);
    if (outcome) return up(outcome);
    __u32 place = (__u32)(out->hop >> TERN_HOP_INTERFACE_SHIFT);
    struct tern_interface *by = map_lookup(&tern_interfaces, &place);
    if (!by || !by->lower) return up(TERN_UP_ROUTE);
    if (!spend(entry, in.bytes, now)) return drop();
    if (out != entry && !spend(out, in.bytes, now)) {
        count(&from->to_peer_packets, &from->to_peer_bytes, in.bytes);
        count(&from->hairpin_packets, &from->hairpin_bytes, in.bytes);
        return drop();
    }

    outcome = rewrite(context, by, &in, entry, out, settings, udp_bytes);
    if (outcome) return outcome < 0 ? XDP_ABORTED : up(outcome);
    if (in.key.channel) count(&from->to_peer_packets, &from->to_peer_bytes, in.bytes);
    if (out->channel) count(&to->to_client_packets, &to->to_client_bytes, in.bytes);
    if (out != entry) count(&from->hairpin_packets, &from->hairpin_bytes, in.bytes);
    return by->lower == context->ingress_ifindex && !by->redirects ? XDP_TX : redirect(by->lower, 0);
}

// fib_lookup is for programs under the GPL.
char _license[] SECTION("license") = "Dual MIT/GPL";
