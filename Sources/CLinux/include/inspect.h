// Looking for bytes where they should not be: in buffers, and in the frames that cross an interface.
#ifndef CLINUX_INSPECT_H
#define CLINUX_INSPECT_H
#include <stddef.h>
#include <stdint.h>

// Where `needle` first begins within `bytes`, or -1.
int64_t clinux_find(const void *bytes, size_t count, const void *needle, size_t needle_count);

// A socket that gets a copy of every frame of an interface, or -errno. Needs CAP_NET_RAW.
int clinux_capture(const char *interface);

// Frames that the socket had no room for since the last call.
uint32_t clinux_capture_drops(int descriptor);
#endif
