#define _GNU_SOURCE
#include "inspect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int64_t clinux_find(const void *bytes, size_t count, const void *needle, size_t needle_count) {
    const char *found = memmem(bytes, count, needle, needle_count);
    return found ? found - (const char *)bytes : -1;
}

int clinux_capture(const char *interface) {
    unsigned index = if_nametoindex(interface);
    if (index == 0) return -errno;
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
    if (descriptor < 0) return -errno;
    int bytes = 64 << 20;
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)index};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

uint32_t clinux_capture_drops(int descriptor) {
    struct tpacket_stats counts = {0};
    socklen_t size = sizeof counts;
    return getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &counts, &size) == 0 ? counts.tp_drops : 0;
}
