#define _GNU_SOURCE
#include "frames.h"

#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <time.h>

_Static_assert(sizeof(struct virtio_net_hdr) == CLINUX_OFFLOAD_BYTES, "the packet socket reads so many bytes");
_Static_assert(sizeof(struct ether_header) == CLINUX_LINK_BYTES, "Ethernet");

enum {
    TIME_TO_LIVE = 64,
    UDP_SEGMENTATION = 5,  // VIRTIO_NET_HDR_GSO_UDP_L4, which older headers do not know
};

int clinux_open_watch(void) {
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
    return descriptor < 0 ? -errno : descriptor;
}

static uint32_t mtu_of(int descriptor, int interface) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    if (!if_indextoname((unsigned)interface, request.ifr_name)) return 0;
    return ioctl(descriptor, SIOCGIFMTU, &request) == 0 ? (uint32_t)request.ifr_mtu : 0;
}

static int64_t now_milliseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// The addresses as a header of IP has them, source first; their bytes.
static int put_addresses(uint8_t *to, clinux_address source, clinux_address target) {
    clinux_sockaddr from, peer;
    clinux_pack(&from, source.high, source.low, source.port, source.family);
    clinux_pack(&peer, target.high, target.low, target.port, target.family);
    if (source.family == 1) {
        memcpy(to, &from.v4.sin_addr, 4);
        memcpy(to + 4, &peer.v4.sin_addr, 4);
        return 8;
    }
    memcpy(to, &from.v6.sin6_addr, 16);
    memcpy(to + 16, &peer.v6.sin6_addr, 16);
    return 32;
}

// Whether a frame is a UDP datagram without extension headers between these addresses, as it leaves: a firewall may
// have changed them, and then frames must not go past it.
static int is_between(const uint8_t *frame, ssize_t bytes, clinux_address source, clinux_address target) {
    int is_v4 = source.family == 1;
    if (bytes < CLINUX_LINK_BYTES + (is_v4 ? 28 : 48)) return 0;
    const uint8_t *ip = frame + CLINUX_LINK_BYTES;
    int type = frame[12] << 8 | frame[13];
    if (type != (is_v4 ? ETHERTYPE_IP : ETHERTYPE_IPV6) || ip[is_v4 ? 9 : 6] != IPPROTO_UDP) return 0;
    uint8_t addresses[32];
    int count = put_addresses(addresses, source, target);
    if (memcmp(ip + (is_v4 ? 12 : 8), addresses, (size_t)count) != 0) return 0;
    size_t udp = is_v4 ? (size_t)(ip[0] & 0xf) * 4 : 40;
    if ((size_t)bytes < CLINUX_LINK_BYTES + udp + 8) return 0;
    return (ip[udp] << 8 | ip[udp + 1]) == source.port && (ip[udp + 2] << 8 | ip[udp + 3]) == target.port;
}

clinux_link clinux_watch_link(int watch, clinux_address source, clinux_address target, int milliseconds) {
    clinux_link link = {0};
    int64_t deadline = now_milliseconds() + milliseconds;
    for (;;) {
        uint8_t frame[128];
        struct sockaddr_ll from;
        socklen_t length = sizeof from;
        ssize_t bytes = recvfrom(watch, frame, sizeof frame, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
        int64_t left = deadline - now_milliseconds();
        if (left <= 0) return link;
        if (bytes < 0) {
            struct pollfd readable = {watch, POLLIN, 0};
            if (poll(&readable, 1, (int)left) <= 0) return link;
            continue;
        }
        if (from.sll_pkttype != PACKET_OUTGOING || !is_between(frame, bytes, source, target)) continue;
        // The first interface that it is seen on is the one that the route names: those below add what they need.
        link.is_seen = 1;
        if (from.sll_hatype != ARPHRD_ETHER) return link;
        link.interface = from.sll_ifindex;
        link.mtu = mtu_of(watch, link.interface);
        memcpy(link.header, frame, sizeof link.header);
        return link;
    }
}

int clinux_open_frames(int interface, int are_cut) {
    // No protocol: it receives nothing.
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    struct sockaddr_ll name = {.sll_family = AF_PACKET, .sll_ifindex = interface};
    if (clinux_set(descriptor, SOL_PACKET, PACKET_VNET_HDR, 1) != 0 ||
        clinux_set(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, !are_cut) != 0 ||
        bind(descriptor, (struct sockaddr *)&name, sizeof name) != 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    clinux_set_buffers(descriptor, 0, 4 << 20);
    return descriptor;
}

// One's complement sum over 16-bit words in network order.
static uint32_t sum_words(const uint8_t *bytes, size_t count, uint32_t sum) {
    for (size_t i = 0; i + 1 < count; i += 2) sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    return sum;
}

static uint16_t folded(uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static void put16(uint8_t *to, uint16_t value) {
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

int clinux_write_headers(uint8_t *to, const clinux_link *link, clinux_address source, clinux_address target,
                         int segment_bytes, int segments) {
    int is_v4 = target.family == 1;
    int ip_bytes = is_v4 ? 20 : 40;
    uint8_t *ether = to + CLINUX_OFFLOAD_BYTES, *ip = ether + CLINUX_LINK_BYTES, *udp = ip + ip_bytes;
    uint16_t udp_bytes = (uint16_t)(segment_bytes * segments + 8);

    struct virtio_net_hdr offload = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .gso_type = VIRTIO_NET_HDR_GSO_NONE};
    offload.csum_start = (uint16_t)(CLINUX_LINK_BYTES + ip_bytes);
    offload.csum_offset = 6;
    if (segments > 1) {
        offload.gso_type = UDP_SEGMENTATION;
        offload.gso_size = (uint16_t)segment_bytes;
        offload.hdr_len = (uint16_t)(CLINUX_LINK_BYTES + ip_bytes + 8);
    }
    memcpy(to, &offload, sizeof offload);
    memcpy(ether, link->header, CLINUX_LINK_BYTES);

    memset(ip, 0, (size_t)ip_bytes);
    uint8_t *addresses = ip + (is_v4 ? 12 : 8);
    int address_bytes = put_addresses(addresses, source, target);
    if (is_v4) {
        ip[0] = 0x45;
        put16(ip + 2, (uint16_t)(20 + udp_bytes));
        // A datagram that must not be fragmented needs no identification [RFC 6864 4.1].
        ip[6] = 0x40;
        ip[8] = TIME_TO_LIVE;
        ip[9] = IPPROTO_UDP;
        put16(ip + 10, (uint16_t)~folded(sum_words(ip, 20, 0)));
    } else {
        ip[0] = 0x60;
        put16(ip + 4, udp_bytes);
        ip[6] = IPPROTO_UDP;
        ip[7] = TIME_TO_LIVE;
    }
    put16(udp, source.port);
    put16(udp + 2, target.port);
    put16(udp + 4, udp_bytes);
    // Of the pseudo header alone, not complemented: the rest is added where the datagram leaves.
    put16(udp + 6, folded(sum_words(addresses, (size_t)address_bytes, (uint32_t)IPPROTO_UDP + udp_bytes)));
    return CLINUX_OFFLOAD_BYTES + CLINUX_LINK_BYTES + ip_bytes + 8;
}

int clinux_cuts_frames(void) {
    struct utsname system;
    int major = 0, minor = 0;
    if (uname(&system) != 0 || sscanf(system.release, "%d.%d", &major, &minor) != 2) return 0;
    return major > 6 || (major == 6 && minor >= 2);
}
