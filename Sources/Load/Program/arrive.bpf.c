// Counts the payloads of the load generator where they arrive: at its sockets, in the kernel, when the UDP checksum is
// verified and before anything is queued. They are not copied or waited for, so that a packet costs the generator less
// than the server, and its time does not depend on when a thread gets to it. Whatever is no stamped payload passes on
// to the socket.
//
// The same arithmetic as in FlowRecord.swift, and the layout of counts of an HdrHistogram with three digits.
#include "arrivals.h"
#include "helpers.h"

enum {
    CHANNEL_HEADER_BYTES = 4,
    SEGMENTS_MAX = 64,
    KEEP_ALL = -1,
    SWALLOW = 0,
};

enum arrival { IN_ORDER, LATE, DUPLICATE };

// The beginning of what a UDP socket gets: its header, and two words that tell whose it is.
struct datagram {
    __u16 source_port, target_port, bytes, checksum;
    __u32 words[2];
};

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, 2);
    MAP_NUMBER(map_flags, BPF_F_MMAPABLE);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_flow);
} tern_flows SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, TERN_HISTOGRAM_COUNTS);
    MAP_NUMBER(map_flags, BPF_F_MMAPABLE);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, __u64);
} tern_latency SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_NUMBER(map_flags, BPF_F_MMAPABLE);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_arrivals);
} tern_totals SECTION(".maps");

INLINE __u32 histogram_index(__u64 nanoseconds) {
    __u64 rest = nanoseconds >> (TERN_HISTOGRAM_HALF_BITS + 1);
    __u32 shift = 0;
    if (rest >> 32) return TERN_HISTOGRAM_COUNTS - 1;
    if (rest >> 16) rest >>= 16, shift += 16;
    if (rest >> 8) rest >>= 8, shift += 8;
    if (rest >> 4) rest >>= 4, shift += 4;
    if (rest >> 2) rest >>= 2, shift += 2;
    if (rest >> 1) rest >>= 1, shift += 1;
    if (rest) shift += 1;
    if (shift > TERN_HISTOGRAM_SHIFT_MAX) return TERN_HISTOGRAM_COUNTS - 1;
    return (shift << TERN_HISTOGRAM_HALF_BITS) + (__u32)(nanoseconds >> shift);
}

INLINE enum arrival take_number(struct tern_flow *flow, __u64 number, __s64 transit) {
    if (flow->next) {
        __s64 change = transit - flow->transit;
        flow->jitter += (__u64)(change < 0 ? -change : change) - ((flow->jitter + 8) >> 4);
    }
    flow->transit = transit;
    if (number >= flow->next) {
        __u64 ahead = number + 1 - flow->next;
        flow->window = ahead >= 64 ? 1 : flow->window << ahead | 1;
        flow->next = number + 1;
        return IN_ORDER;
    }
    __u64 behind = flow->next - 1 - number;
    // What is too far behind to be remembered is taken as new.
    if (behind >= 64) return LATE;
    if (flow->window >> behind & 1) return DUPLICATE;
    flow->window |= 1ull << behind;
    return LATE;
}

INLINE int is_channel(__u32 word) {
    __u8 first = *(__u8 *)&word;
    return first >= 0x40 && first <= 0x4f;
}

// Bytes before the payload in what a datagram carries, by its first two words; -1 when it is none of ours.
INLINE int header_bytes(const __u32 words[2]) {
    if (words[0] == TERN_STAMP_MARK) return 0;
    return is_channel(words[0]) && words[1] == TERN_STAMP_MARK ? CHANNEL_HEADER_BYTES : -1;
}

INLINE void add(__u64 *count, __u64 more) { __sync_fetch_and_add(count, more); }

// Counts the payload in a datagram of so many bytes at `offset`, that came to this port. Not inlined, and nothing is
// decided by its result: the verifier looks at it once, not once for each way through each segment.
__attribute__((noinline)) int count_payload(
    struct __sk_buff *packet, __u32 offset, __u32 bytes, __u32 port, __u64 now) {
    __u32 zero = 0, header = 0, words[2];
    struct tern_stamp stamp;
    struct tern_arrivals *totals = map_lookup(&tern_totals, &zero);
    if (!totals || load_bytes(packet, offset, words, sizeof words)) return 0;
    if (header_bytes(words) > 0) {
        __u32 length = swap16((__u16)(words[0] >> 16));
        header = CHANNEL_HEADER_BYTES;
        if (length + header > bytes) return 0;
        bytes = length + header;
    }
    if (load_bytes(packet, offset + header, &stamp, sizeof stamp) || stamp.mark != TERN_STAMP_MARK) return 0;
    bytes -= header;
    __u32 place = stamp.session << 1 | stamp.session >> 31;
    struct tern_flow *flow = map_lookup(&tern_flows, &place);
    if (!flow || flow->port != port || (flow->bytes && flow->bytes != bytes)) {
        add(&totals->strays, 1);
        return 0;
    }
    __s64 transit = (__s64)(now - stamp.sent_at);
    enum arrival arrival = take_number(flow, stamp.number, transit);
    if (arrival == DUPLICATE) {
        add(&totals->duplicates, 1);
        return 0;
    }
    if (arrival == LATE) add(&totals->reordered, 1);
    add(&totals->received, 1);
    add(&totals->received_bytes, bytes);
    __u32 index = histogram_index(transit < 0 ? 0 : (__u64)transit);
    __u64 *count = map_lookup(&tern_latency, &index);
    if (count) add(count, 1);
    return 1;
}

SECTION("socket") int tern_arrive(struct __sk_buff *packet) {
    struct datagram head;
    const __u32 udp_bytes = sizeof head - sizeof head.words;
    if (load_bytes(packet, 0, &head, sizeof head)) return KEEP_ALL;
    int header = header_bytes(head.words);
    if (header < 0) return KEEP_ALL;
    __u32 segments = packet->gso_segs > 1 ? packet->gso_segs : 1;
    __u32 size = segments > 1 ? packet->gso_size : packet->len - udp_bytes;
    if (segments > SEGMENTS_MAX) return KEEP_ALL;
    if (segments > 1) {
        // The last of a merged run may be shorter, thus a message of the server: then all are left to the socket.
        __u32 words[2];
        if (load_bytes(packet, udp_bytes + (segments - 1) * size, words, sizeof words)) return KEEP_ALL;
        if (header_bytes(words) != header) return KEEP_ALL;
    }

    __u64 now = monotonic_nanoseconds();
    __u32 port = swap16(head.target_port);
    __u32 offset = udp_bytes;
    for (__u32 i = 0; i < SEGMENTS_MAX; i++) {
        if (i >= segments) break;
        __u32 rest = packet->len - offset;
        count_payload(packet, offset, rest < size ? rest : size, port, now);
        offset += size;
    }
    __u32 zero = 0;
    struct tern_arrivals *totals = map_lookup(&tern_totals, &zero);
    if (totals) add(&totals->swallowed, 1);
    return SWALLOW;
}

char _license[] SECTION("license") = "Dual MIT/GPL";
