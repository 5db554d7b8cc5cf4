// The maps of the program. Sizes that depend on the configuration are set when it is loaded.
#ifndef TERN_MAPS_H
#define TERN_MAPS_H
#include "helpers.h"
#include "layout.h"

// Which datagrams are forwarded, and where: two or three entries per channel.
struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_HASH);
    MAP_NUMBER(max_entries, 1);
    MAP_NUMBER(map_flags, BPF_F_NO_PREALLOC);
    MAP_TYPE(key, struct tern_key);
    MAP_TYPE(value, struct tern_entry);
} tern_entries SECTION(".maps");

// Of each channel; the relay has it mapped and reads and writes it without a system call.
struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_NUMBER(map_flags, BPF_F_MMAPABLE);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_state);
} tern_states SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_NUMBER(map_flags, BPF_F_MMAPABLE);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_budget);
} tern_allocations SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_NUMBER(map_flags, BPF_F_MMAPABLE);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_budget);
} tern_users SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, TERN_INTERFACES);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_interface);
} tern_interfaces SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_HASH);
    MAP_NUMBER(max_entries, TERN_VLANS);
    MAP_TYPE(key, struct tern_vlan);
    MAP_TYPE(value, __u32);
} tern_vlans SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, struct tern_settings);
} tern_settings_map SECTION(".maps");

struct {
    MAP_NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    MAP_NUMBER(max_entries, TERN_OUTCOMES);
    MAP_TYPE(key, __u32);
    MAP_TYPE(value, __u64);
} tern_outcomes SECTION(".maps");
#endif
