// Loads a BPF object and talks to its maps: libbpf for the object, bpf(2) for everything after it.
//
// libbpf is opened when it is needed, not linked: one binary then runs with and without it, and building needs none of
// its files. The few functions called here are part of its stable interface since version 1.0.
#ifndef CBPF_H
#define CBPF_H
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <stddef.h>
#include <stdint.h>

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

// An interface of this network namespace: its hardware address and its driver's name. 0 or -errno.
int cbpf_interface(const char *name, uint32_t *index, uint8_t mac[6], char driver[32]);

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

static inline void cbpf_set_deadline(struct tern_state *state, uint64_t deadline) {
    __atomic_store_n(&state->deadline, deadline, __ATOMIC_RELEASE);
}
#endif
