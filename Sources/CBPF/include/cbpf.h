// Loads a BPF object and talks to its maps: libbpf for the object, bpf(2) for everything after it.
//
// libbpf is opened when it is needed, not linked: one binary then runs with and without it, and building needs none of
// its files. The few functions called here are part of its stable interface since version 1.0.
#ifndef CBPF_H
#define CBPF_H
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>

#include "arrivals.h"
#include "layout.h"

typedef struct {
    const char *map;
    uint32_t entries;
} cbpf_size;

// Why something could not be loaded, in the library's and the kernel's own words.
typedef struct {
    char *text;
    size_t bytes;
} cbpf_log;

// 0, or -1 with the loader's message in `log` when there is no libbpf.so.1.
int cbpf_open_library(cbpf_log log);

// Loads an object with these sizes of its maps. What the caller closes, or null with -errno in `error`.
void *cbpf_load(const void *object, size_t bytes, const cbpf_size *sizes, int count, const char *program,
                int *program_descriptor, cbpf_log log, int *error);
int cbpf_map(void *object, const char *name);
void cbpf_close(void *object);

// The descriptor of a link that lasts as long as it is open, or -errno. Modes: XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE.
int cbpf_link(int program, uint32_t interface, uint32_t mode);
// Has a program look at all that comes to a socket. 0 or -errno.
int cbpf_attach(int program, int socket);
// 0 or -errno.
int cbpf_update(int map, const void *key, const void *value);
int cbpf_remove(int map, const void *key);
int cbpf_lookup(int map, const void *key, void *value);
// The memory of an array map, or null.
void *cbpf_memory(int map, size_t bytes);
void cbpf_release(void *memory, size_t bytes);
// Runs the program on a frame as if it came in by `interface`; the verdict, or -errno.
int cbpf_run(int program, uint32_t interface, const void *in, uint32_t in_bytes, void *out, uint32_t *out_bytes);
// How many cores a map with a value for each has.
int cbpf_core_count(void);

// An interface of this network namespace.
typedef struct {
    char name[16];
    char driver[32];  // by cbpf_driver
    uint8_t mac[6];
    uint16_t vlan;   // its number, of 802.1Q; 0: none
    uint8_t is_ethernet;
    uint32_t index;
    uint32_t lower;  // of a VLAN: what its frames travel over
} cbpf_interface;

// All of them, at most `max`: how many, or -errno.
int cbpf_interfaces(cbpf_interface *into, int max);
// Fills in the name of its driver; left empty when it has none.
void cbpf_driver(cbpf_interface *interface);

// A descriptor that becomes readable when interfaces, routes, rules or neighbours change, or -errno.
int cbpf_watch(void);
enum { CBPF_HOPS_CHANGED = 1, CBPF_INTERFACES_CHANGED = 2 };
// Reads everything that has been told since: what has changed.
int cbpf_read_changes(int watch);

// The capabilities that loading and attaching take, CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, as bits of a set.
uint64_t cbpf_rights(void);
// Which of them this thread holds.
uint64_t cbpf_rights_held(void);
// Whether this process has one thread.
int cbpf_is_alone(void);
// Takes rights from this thread for good, or for now when they stay permitted. 0 or -errno.
int cbpf_drop(uint64_t rights);
int cbpf_set_effective(uint64_t rights, int on);
// Whether maps are closed to who may not load programs (before Linux 5.19, with kernel.unprivileged_bpf_disabled).
int cbpf_maps_need_rights(void);

// Address and port in host order; family as in STUN, an IPv4 address in `low`.
typedef struct {
    uint64_t high, low;
    uint16_t port;
    uint8_t family;
} cbpf_address;

// Fills in key and entry of one way: datagrams from `source` to `target` (ChannelData when `channel` is not 0) leave
// from `new_source` to `new_target` (as ChannelData when `new_channel` is not 0).
void cbpf_fill(struct tern_key *key, struct tern_entry *entry, cbpf_address source, cbpf_address target,
               uint16_t channel, cbpf_address new_source, cbpf_address new_target, uint16_t new_channel);

// Takes `bytes` from a bucket as the program does; 0 when it is empty. `now` in nanoseconds of the monotonic clock.
static inline int cbpf_take(struct tern_budget *budget, __u64 bytes, __u64 now) {
    __u64 cost = __atomic_load_n(&budget->cost, __ATOMIC_RELAXED);
    if (!cost) return 1;
    __u64 price = bytes * cost >> TERN_COST_SHIFT;
    __u64 full_at = __atomic_load_n(&budget->full_at, __ATOMIC_RELAXED);
    __u64 next;
    do {
        if (full_at > now && full_at - now >= TERN_BURST_NANOSECONDS) return 0;
        next = (full_at > now ? full_at : now) + price;
    } while (!__atomic_compare_exchange_n(&budget->full_at, &full_at, next, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return 1;
}

static inline void cbpf_set_deadline(struct tern_state *state, uint64_t deadline) {
    __atomic_store_n(&state->deadline, deadline, __ATOMIC_RELEASE);
}
#endif
