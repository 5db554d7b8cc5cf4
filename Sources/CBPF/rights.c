#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "include/cbpf.h"

// Capabilities belong to threads [capabilities(7)]. Two words of 32 bits each: the kernel's interface since 2.6.26.

typedef struct __user_cap_data_struct capability_sets[_LINUX_CAPABILITY_U32S_3];

static struct __user_cap_header_struct this_thread(void) {
    return (struct __user_cap_header_struct){.version = _LINUX_CAPABILITY_VERSION_3};
}

uint64_t cbpf_rights(void) { return 1ull << CAP_BPF | 1ull << CAP_PERFMON | 1ull << CAP_NET_ADMIN; }

uint64_t cbpf_rights_held(void) {
    struct __user_cap_header_struct header = this_thread();
    capability_sets sets;
    memset(sets, 0, sizeof sets);
    if (syscall(SYS_capget, &header, sets) != 0) return 0;
    return (sets[0].permitted | (uint64_t)sets[1].permitted << 32) & cbpf_rights();
}

int cbpf_is_alone(void) {
    FILE *file = fopen("/proc/self/status", "re");
    if (!file) return 0;
    char line[128];
    int threads = 0;
    while (fgets(line, sizeof line, file) && sscanf(line, "Threads: %d", &threads) != 1) {}
    fclose(file);
    return threads == 1;
}

static int change(uint64_t rights, int permitted, int on) {
    struct __user_cap_header_struct header = this_thread();
    capability_sets sets;
    if (syscall(SYS_capget, &header, sets) != 0) return -errno;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t bits = (uint32_t)(rights >> 32 * i);
        if (on) {
            sets[i].effective |= bits & sets[i].permitted;
            continue;
        }
        sets[i].effective &= ~bits;
        if (!permitted) continue;
        // The ambient set follows these two.
        sets[i].permitted &= ~bits;
        sets[i].inheritable &= ~bits;
    }
    return syscall(SYS_capset, &header, sets) == 0 ? 0 : -errno;
}

int cbpf_drop(uint64_t rights) { return change(rights, 1, 0); }
int cbpf_set_effective(uint64_t rights, int on) { return change(rights, 0, on); }

int cbpf_maps_need_rights(void) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_fd = ~0u;
    uint64_t held = cbpf_rights_held();
    if (cbpf_set_effective(held, 0) != 0) return 1;
    // There is no such map: whoever is told so would have been let at another one.
    int refused = syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attributes, sizeof attributes) != 0 && errno == EPERM;
    (void)cbpf_set_effective(held, 1);
    return refused;
}
