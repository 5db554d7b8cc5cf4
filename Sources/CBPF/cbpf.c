#define _GNU_SOURCE
#include "include/cbpf.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(struct tern_key) == 40, "a key has no padding, which would be compared");
_Static_assert(sizeof(struct tern_entry) == 80, "an entry has no padding");
_Static_assert(sizeof(struct tern_state) == 64, "a cache line");

// libbpf's functions [bpf/libbpf.h].
struct bpf_object;
struct bpf_program;
struct bpf_map;
typedef int print_function(int level, const char *format, va_list arguments);
static struct {
    print_function *(*set_print)(print_function *);
    struct bpf_object *(*open)(const void *bytes, size_t count, const void *options);
    struct bpf_map *(*find_map)(const struct bpf_object *, const char *name);
    int (*map_descriptor)(const struct bpf_map *);
    int (*set_entries)(struct bpf_map *, uint32_t entries);
    struct bpf_program *(*find_program)(const struct bpf_object *, const char *name);
    int (*program_descriptor)(const struct bpf_program *);
    int (*set_log)(struct bpf_program *, char *text, size_t bytes);
    int (*load)(struct bpf_object *);
    void (*close)(struct bpf_object *);
} library;

static int quiet(int level, const char *format, va_list arguments) {
    (void)level, (void)format, (void)arguments;
    return 0;
}

int cbpf_open_library(cbpf_log log) {
    if (library.close) return 0;
    void *handle = dlopen("libbpf.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(log.text, log.bytes, "%s", dlerror());
        return -1;
    }
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"libbpf_set_print", &library.set_print},
        {"bpf_object__open_mem", &library.open},
        {"bpf_object__find_map_by_name", &library.find_map},
        {"bpf_map__fd", &library.map_descriptor},
        {"bpf_map__set_max_entries", &library.set_entries},
        {"bpf_object__find_program_by_name", &library.find_program},
        {"bpf_program__fd", &library.program_descriptor},
        {"bpf_program__set_log_buf", &library.set_log},
        {"bpf_object__load", &library.load},
        {"bpf_object__close", &library.close},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function) {
            snprintf(log.text, log.bytes, "%s", dlerror());
            library.close = 0;
            dlclose(handle);
            return -1;
        }
        memcpy(functions[i].place, &function, sizeof function);
    }
    library.set_print(quiet);
    return 0;
}

void *cbpf_load(const void *object, size_t bytes, const cbpf_size *sizes, int count, const char *program,
                int *program_descriptor, cbpf_log log, int *error) {
    log.text[0] = 0;
    errno = 0;
    struct bpf_object *opened = library.open(object, bytes, 0);
    if (!opened) {
        *error = errno ? -errno : -EINVAL;
        return 0;
    }
    int failed = 0;
    for (int i = 0; i < count && !failed; i++) {
        struct bpf_map *map = library.find_map(opened, sizes[i].map);
        failed = map ? library.set_entries(map, sizes[i].entries) : -ENOENT;
    }
    struct bpf_program *found = library.find_program(opened, program);
    if (!failed && !found) failed = -ENOENT;
    if (!failed) failed = library.set_log(found, log.text, log.bytes);
    if (!failed) failed = library.load(opened);
    if (failed) {
        library.close(opened);
        *error = failed;
        return 0;
    }
    *program_descriptor = library.program_descriptor(found);
    return opened;
}

int cbpf_map(void *object, const char *name) {
    struct bpf_map *map = library.find_map(object, name);
    return map ? library.map_descriptor(map) : -ENOENT;
}

void cbpf_close(void *object) { library.close(object); }

static long bpf(int command, union bpf_attr *attributes) {
    long result = syscall(SYS_bpf, command, attributes, sizeof *attributes);
    return result < 0 ? -errno : result;
}

int cbpf_link(int program, uint32_t interface, uint32_t mode) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.link_create.prog_fd = (uint32_t)program;
    attributes.link_create.target_ifindex = interface;
    attributes.link_create.attach_type = BPF_XDP;
    attributes.link_create.flags = mode;
    return (int)bpf(BPF_LINK_CREATE, &attributes);
}

int cbpf_attach(int program, int socket) {
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program) == 0 ? 0 : -errno;
}

static int element(int command, int map, const void *key, const void *value) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_fd = (uint32_t)map;
    attributes.key = (uintptr_t)key;
    attributes.value = (uintptr_t)value;
    return (int)bpf(command, &attributes);
}

int cbpf_update(int map, const void *key, const void *value) { return element(BPF_MAP_UPDATE_ELEM, map, key, value); }
int cbpf_remove(int map, const void *key) { return element(BPF_MAP_DELETE_ELEM, map, key, 0); }
int cbpf_lookup(int map, const void *key, void *value) { return element(BPF_MAP_LOOKUP_ELEM, map, key, value); }

static size_t whole_pages(size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

void *cbpf_memory(int map, size_t bytes) {
    void *memory = mmap(0, whole_pages(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    return memory == MAP_FAILED ? 0 : memory;
}

void cbpf_release(void *memory, size_t bytes) { munmap(memory, whole_pages(bytes)); }

int cbpf_run(int program, uint32_t interface, const void *in, uint32_t in_bytes, void *out, uint32_t *out_bytes) {
    struct xdp_md context;
    memset(&context, 0, sizeof context);
    context.data_end = in_bytes;
    context.ingress_ifindex = interface;
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.test.prog_fd = (uint32_t)program;
    attributes.test.data_in = (uintptr_t)in;
    attributes.test.data_size_in = in_bytes;
    attributes.test.data_out = (uintptr_t)out;
    attributes.test.data_size_out = *out_bytes;
    attributes.test.ctx_in = (uintptr_t)&context;
    attributes.test.ctx_size_in = sizeof context;
    attributes.test.repeat = 1;
    long failed = bpf(BPF_PROG_TEST_RUN, &attributes);
    *out_bytes = attributes.test.data_size_out;
    return failed ? (int)failed : (int)attributes.test.retval;
}

int cbpf_core_count(void) {
    // The kernel counts possible cores, which sysconf calls configured.
    return (int)sysconf(_SC_NPROCESSORS_CONF);
}

static void put_address(uint8_t into[16], cbpf_address address) {
    memset(into, 0, 16);
    if (address.family == TERN_IPV4) {
        uint32_t word = __builtin_bswap32((uint32_t)address.low);
        memcpy(into, &word, sizeof word);
    } else {
        uint64_t words[2] = {__builtin_bswap64(address.high), __builtin_bswap64(address.low)};
        memcpy(into, words, sizeof words);
    }
}

static uint16_t sum(const uint8_t source[16], const uint8_t target[16], const uint16_t *words, int count) {
    uint64_t total = 0;
    for (int i = 0; i < 16; i += 2) {
        uint16_t pair[2];
        memcpy(&pair[0], source + i, 2);
        memcpy(&pair[1], target + i, 2);
        total += (uint64_t)pair[0] + pair[1];
    }
    for (int i = 0; i < count; i++) total += words[i];
    while (total >> 16) total = (total & 0xffff) + (total >> 16);
    return (uint16_t)total;
}

void cbpf_fill(struct tern_key *key, struct tern_entry *entry, cbpf_address source, cbpf_address target,
               uint16_t channel, cbpf_address new_source, cbpf_address new_target, uint16_t new_channel) {
    const uint16_t protocol = __builtin_bswap16(17);
    memset(key, 0, sizeof *key);
    memset(entry, 0, sizeof *entry);
    put_address(key->source, source);
    put_address(key->target, target);
    key->source_port = __builtin_bswap16(source.port);
    key->target_port = __builtin_bswap16(target.port);
    key->channel = __builtin_bswap16(channel);
    key->family = source.family;
    put_address(entry->source, new_source);
    put_address(entry->target, new_target);
    entry->source_port = __builtin_bswap16(new_source.port);
    entry->target_port = __builtin_bswap16(new_target.port);
    entry->channel = __builtin_bswap16(new_channel);
    entry->family = new_source.family;
    const uint16_t in[] = {protocol, key->source_port, key->target_port, key->channel};
    const uint16_t out[] = {protocol, entry->source_port, entry->target_port, entry->channel};
    entry->pseudo_in = sum(key->source, key->target, in, 1);
    entry->sum_in = sum(key->source, key->target, in, 4);
    entry->sum_out = sum(entry->source, entry->target, out, 4);
    entry->flow_label = __builtin_bswap32((entry->sum_out * 2654435761u) & 0xfffff);
}
