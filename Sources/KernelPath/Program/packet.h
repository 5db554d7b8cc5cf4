// Step 1: what a frame holds, when it is a plain datagram.
#ifndef TERN_PACKET_H
#define TERN_PACKET_H
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>
#include <linux/udp.h>

#include "checksum.h"
#include "helpers.h"
#include "layout.h"

enum {
    UDP_BYTES = sizeof(struct udphdr),
    FRAGMENT_BITS = 0x3fff,  // More Fragments, and the offset
    VLAN_BITS = 0x0fff,      // of a tag: the VLAN; the others are its priority
};

// What stands behind the addresses of a tagged frame [IEEE 802.1Q].
struct tag {
    __be16 vlan;
    __be16 type;
};

// A datagram as it came.
struct incoming {
    struct tern_key key;
    __u32 link_bytes;     // Ethernet, with its tag
    __u32 header_bytes;   // Ethernet, IP and UDP; and ChannelData's
    __u32 bytes;          // of payload
    __u32 channel_bytes;  // what ChannelData's header says about it
    __u32 padding;        // behind the IP packet: short Ethernet frames are filled up
    __u16 udp_bytes;      // network order
    __u16 checksum;
    __be16 tag;  // the VLAN; 0: none
    __u8 type_of_service;
    __u8 target_mac[ETH_ALEN];
};

// Step 1: UDP, whole, without options and extensions, lengths that agree.
INLINE int parse(struct xdp_md *context, struct incoming *in) {
    void *data = (void *)(long)context->data;
    void *end = (void *)(long)context->data_end;
    struct ethhdr *ethernet = data;
    void *network = ethernet + 1;
    struct udphdr *udp;
    __u32 packet_bytes;

    if (network > end) return 0;
    __be16 type = ethernet->h_proto;
    in->link_bytes = ETH_HLEN;
    if (type == swap16(ETH_P_8021Q)) {
        struct tag *tag = network;
        if ((void *)(tag + 1) > end) return 0;
        in->link_bytes += sizeof *tag;
        in->tag = tag->vlan & swap16(VLAN_BITS);
        type = tag->type;
        network = tag + 1;
    }
    if (type == swap16(ETH_P_IP)) {
        struct iphdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return 0;
        if (*(__u8 *)ip != 0x45 || ip->protocol != IPPROTO_UDP || (ip->frag_off & swap16(FRAGMENT_BITS))) return 0;
        if (header_sum(ip) != 0xffff) return 0;
        packet_bytes = swap16(ip->tot_len);
        in->header_bytes = in->link_bytes + sizeof *ip + UDP_BYTES;
        in->key.family = TERN_IPV4;
        __builtin_memcpy(in->key.source, &ip->saddr, sizeof ip->saddr);
        __builtin_memcpy(in->key.target, &ip->daddr, sizeof ip->daddr);
        in->type_of_service = ip->tos;
    } else if (type == swap16(ETH_P_IPV6)) {
        struct ipv6hdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return 0;
        if (ip->version != 6 || ip->nexthdr != IPPROTO_UDP) return 0;
        packet_bytes = sizeof *ip + swap16(ip->payload_len);
        in->header_bytes = in->link_bytes + sizeof *ip + UDP_BYTES;
        in->key.family = TERN_IPV6;
        __builtin_memcpy(in->key.source, &ip->saddr, sizeof ip->saddr);
        __builtin_memcpy(in->key.target, &ip->daddr, sizeof ip->daddr);
        in->type_of_service = (__u8)(ip->priority << 4 | ip->flow_lbl[0] >> 4);
    } else {
        return 0;
    }

    __u32 udp_bytes = swap16(udp->len);
    __u32 frame_bytes = (__u32)(end - data);
    if (udp_bytes < UDP_BYTES || packet_bytes + in->link_bytes != in->header_bytes - UDP_BYTES + udp_bytes) return 0;
    if (packet_bytes + in->link_bytes > frame_bytes) return 0;
    in->padding = frame_bytes - packet_bytes - in->link_bytes;
    in->bytes = udp_bytes - UDP_BYTES;
    in->udp_bytes = udp->len;
    in->checksum = udp->check;
    in->key.source_port = udp->source;
    in->key.target_port = udp->dest;
    __builtin_memcpy(in->target_mac, ethernet->h_dest, ETH_ALEN);

    __be16 *channel = (void *)(udp + 1);
    if (in->bytes >= TERN_CHANNEL_BYTES && (void *)(channel + 2) <= end && (*(__u8 *)channel & 0xc0) == 0x40) {
        in->key.channel = channel[0];
        in->channel_bytes = swap16(channel[1]);
    }
    return 1;
}
#endif
