// Step 6: new headers around the payload, which stays where it is.
#ifndef TERN_REWRITE_H
#define TERN_REWRITE_H
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
#include "packet.h"

// 0, an outcome, or -1.
INLINE int rewrite(struct xdp_md *context, struct tern_interface *by, struct incoming *in, struct tern_entry *entry,
                   struct tern_entry *out, struct tern_settings *settings, __u32 udp_bytes) {
    // What goes from the sum and what comes to it [RFC 1624]: constants of the entries, and the lengths.
    __u64 sum = (__u64)(__u16)~in->checksum + (__u16)~entry->sum_in + out->sum_out;
    __u16 length = swap16((__u16)udp_bytes);
    sum += 2 * (__u64)(__u16)~in->udp_bytes + 2 * (__u64)length;
    if (in->key.channel) sum += (__u16)~swap16((__u16)in->bytes);
    if (out->channel) sum += swap16((__u16)in->bytes);
    __u16 checksum = (__u16)~fold(sum);
    if (!checksum) checksum = 0xffff;

    int is_ipv4 = out->family == TERN_IPV4;
    int link_bytes = ETH_HLEN + (by->tag ? sizeof(struct tag) : 0);
    int header_bytes = link_bytes + (is_ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) + UDP_BYTES
                       + (out->channel ? TERN_CHANNEL_BYTES : 0);
    if (in->padding && adjust_tail(context, -(int)in->padding)) return TERN_UP_NO_ROOM;
    int shift = (int)in->header_bytes - header_bytes;
    if (shift && adjust_head(context, shift)) return TERN_UP_NO_ROOM;

    void *end = (void *)(long)context->data_end;
    __u16 *ethernet = (void *)(long)context->data;
    void *network = (void *)ethernet + ETH_HLEN;
    __be16 type = is_ipv4 ? swap16(ETH_P_IP) : swap16(ETH_P_IPV6);
    if (by->tag) {
        struct tag *tag = network;
        network = tag + 1;
        if (network > end) return -1;
        tag->vlan = by->tag;
        tag->type = type;
        type = swap16(ETH_P_8021Q);
    }
    struct udphdr *udp;
    __u8 type_of_service = in->type_of_service & settings->type_of_service_mask;
    if (is_ipv4) {
        struct iphdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return -1;
        *(__u8 *)ip = 0x45;
        ip->tos = type_of_service;
        ip->tot_len = swap16((__u16)(sizeof *ip + udp_bytes));
        // May be fragmented on its way, as what the relay sends itself [RFC 8656 15]: the number must not repeat.
        ip->id = (__u16)random_number();
        ip->frag_off = 0;
        ip->ttl = settings->time_to_live;
        ip->protocol = IPPROTO_UDP;
        ip->check = 0;
        __builtin_memcpy(&ip->saddr, out->source, sizeof ip->saddr);
        __builtin_memcpy(&ip->daddr, out->target, sizeof ip->daddr);
        ip->check = (__u16)~header_sum(ip);
    } else {
        struct ipv6hdr *ip = network;
        udp = (void *)(ip + 1);
        if ((void *)(udp + 1) > end) return -1;
        *(__be32 *)ip = swap32(6u << 28 | (__u32)type_of_service << 20) | out->flow_label;
        ip->payload_len = length;
        ip->nexthdr = IPPROTO_UDP;
        ip->hop_limit = settings->hop_limit;
        __builtin_memcpy(&ip->saddr, out->source, sizeof ip->saddr);
        __builtin_memcpy(&ip->daddr, out->target, sizeof ip->daddr);
    }
    const __u16 *mac = (const void *)by->mac;
    *(__u32 *)ethernet = (__u32)out->hop;
    ethernet[2] = (__u16)(out->hop >> 32);
    *(__u32 *)(ethernet + 3) = *(const __u32 *)mac;
    ethernet[5] = mac[2];
    ethernet[6] = type;
    udp->source = out->source_port;
    udp->dest = out->target_port;
    udp->len = length;
    udp->check = checksum;
    if (out->channel) {
        __be16 *channel = (void *)(udp + 1);
        if ((void *)(channel + 2) > end) return -1;
        channel[0] = out->channel;
        channel[1] = swap16((__u16)in->bytes);
    }
    return 0;
}
#endif
