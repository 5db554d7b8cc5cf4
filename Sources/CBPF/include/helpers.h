// The helpers of the kernel that the programs call, by their numbers, which never change (include/uapi/linux/bpf.h):
// with these few lines they build without libbpf's development files.
#ifndef TERN_HELPERS_H
#define TERN_HELPERS_H
#include <linux/bpf.h>
#include <linux/types.h>

#define SECTION(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))

// Attributes of a map, as libbpf reads them from the type information.
#define MAP_NUMBER(name, value) int(*name)[value]
#define MAP_TYPE(name, type) __typeof__(type) *name

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static __u64 (*const monotonic_nanoseconds)(void) = (void *)5;
static __u32 (*const random_number)(void) = (void *)7;
static long (*const redirect)(__u32 interface, __u64 flags) = (void *)23;
static long (*const load_bytes)(const struct __sk_buff *, __u32 offset, void *to, __u32 bytes) = (void *)26;
static long (*const adjust_head)(struct xdp_md *, int bytes) = (void *)44;
static long (*const adjust_tail)(struct xdp_md *, int bytes) = (void *)65;
// The monotonic clock as of the last tick: some milliseconds late, at a tenth of the price.
static __u64 (*const coarse_nanoseconds)(void) = (void *)160;
static long (*const fib_lookup)(void *context, struct bpf_fib_lookup *, int size, __u32 flags) = (void *)69;

INLINE __u16 swap16(__u16 value) { return __builtin_bswap16(value); }
INLINE __u32 swap32(__u32 value) { return __builtin_bswap32(value); }
#endif
