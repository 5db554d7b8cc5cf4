#define _GNU_SOURCE
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "include/cbpf.h"

// Interfaces of this network namespace, and what is told about changes [rtnetlink(7)].

static int open_netlink(uint32_t groups) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (descriptor < 0) return -errno;
    struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_groups = groups};
    if (bind(descriptor, (struct sockaddr *)&name, sizeof name) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    return -error;
}

static uint32_t group(int number) { return 1u << (number - 1); }

int cbpf_watch(void) {
    return open_netlink(group(RTNLGRP_LINK) | group(RTNLGRP_NEIGH) | group(RTNLGRP_IPV4_ROUTE)
                        | group(RTNLGRP_IPV4_RULE) | group(RTNLGRP_IPV6_ROUTE) | group(RTNLGRP_IPV6_RULE));
}

// Messages read in one call; a watch that is told more without end is read on at the next.
enum { READS_MAX = 1000, MESSAGE_BYTES = 1 << 15 };

int cbpf_read_changes(int watch) {
    _Alignas(struct nlmsghdr) char bytes[MESSAGE_BYTES];
    int changes = 0;
    for (int i = 0; i < READS_MAX; i++) {
        ssize_t count = recv(watch, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == ENOBUFS) {
            // Some have been lost: whatever it was, it has changed.
            changes |= CBPF_HOPS_CHANGED | CBPF_INTERFACES_CHANGED;
            continue;
        }
        if (count <= 0) break;
        size_t left = (size_t)count;
        for (struct nlmsghdr *message = (void *)bytes; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
            changes |= CBPF_HOPS_CHANGED;
            if (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_DELLINK) {
                changes |= CBPF_INTERFACES_CHANGED;
            }
        }
    }
    return changes;
}

static struct rtattr *find(struct rtattr *attribute, int bytes, int type) {
    for (; RTA_OK(attribute, bytes); attribute = RTA_NEXT(attribute, bytes)) {
        if ((attribute->rta_type & NLA_TYPE_MASK) == type) return attribute;
    }
    return 0;
}

static struct rtattr *find_inside(struct rtattr *outer, int type) {
    return outer ? find(RTA_DATA(outer), (int)RTA_PAYLOAD(outer), type) : 0;
}

static int read_interface(struct nlmsghdr *message, cbpf_interface *into) {
    struct ifinfomsg *header = NLMSG_DATA(message);
    struct rtattr *all = IFLA_RTA(header);
    int bytes = (int)IFLA_PAYLOAD(message);
    memset(into, 0, sizeof *into);
    into->index = (uint32_t)header->ifi_index;
    into->is_ethernet = header->ifi_type == ARPHRD_ETHER;
    struct rtattr *name = find(all, bytes, IFLA_IFNAME), *mac = find(all, bytes, IFLA_ADDRESS);
    if (!name) return 0;
    snprintf(into->name, sizeof into->name, "%s", (const char *)RTA_DATA(name));
    if (mac && RTA_PAYLOAD(mac) == sizeof into->mac) memcpy(into->mac, RTA_DATA(mac), sizeof into->mac);
    struct rtattr *information = find(all, bytes, IFLA_LINKINFO), *lower = find(all, bytes, IFLA_LINK);
    struct rtattr *kind = find_inside(information, IFLA_INFO_KIND), *data = find_inside(information, IFLA_INFO_DATA);
    struct rtattr *number = find_inside(data, IFLA_VLAN_ID), *protocol = find_inside(data, IFLA_VLAN_PROTOCOL);
    if (!kind || strcmp(RTA_DATA(kind), "vlan") != 0 || !lower) return 1;
    into->lower = *(uint32_t *)RTA_DATA(lower);
    int is_8021q = protocol && *(uint16_t *)RTA_DATA(protocol) == __builtin_bswap16(ETH_P_8021Q);
    if (is_8021q && number) into->vlan = *(uint16_t *)RTA_DATA(number);
    return 1;
}

static int read_interfaces(int descriptor, cbpf_interface *into, int max) {
    _Alignas(struct nlmsghdr) char bytes[MESSAGE_BYTES];
    int count = 0;
    for (int i = 0; i < READS_MAX; i++) {
        ssize_t received = recv(descriptor, bytes, sizeof bytes, 0);
        if (received < 0 && errno == EINTR) continue;
        if (received <= 0) return received < 0 ? -errno : -EIO;
        size_t left = (size_t)received;
        for (struct nlmsghdr *message = (void *)bytes; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
            if (message->nlmsg_type == NLMSG_DONE) return count;
            if (message->nlmsg_type == NLMSG_ERROR) return ((struct nlmsgerr *)NLMSG_DATA(message))->error;
            if (message->nlmsg_type == RTM_NEWLINK && count < max) count += read_interface(message, into + count);
        }
    }
    return -EMSGSIZE;
}

int cbpf_interfaces(cbpf_interface *into, int max) {
    int descriptor = open_netlink(0);
    if (descriptor < 0) return descriptor;
    struct {
        struct nlmsghdr message;
        struct ifinfomsg about;
    } request = {
        .message = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
    };
    int count = send(descriptor, &request, sizeof request, 0) < 0 ? -errno : read_interfaces(descriptor, into, max);
    close(descriptor);
    return count;
}

void cbpf_driver(cbpf_interface *interface) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return;
    struct ethtool_drvinfo information = {.cmd = ETHTOOL_GDRVINFO};
    struct ifreq request = {.ifr_data = (void *)&information};
    memcpy(request.ifr_name, interface->name, sizeof request.ifr_name);
    if (ioctl(descriptor, SIOCETHTOOL, &request) == 0) {
        snprintf(interface->driver, sizeof interface->driver, "%s", information.driver);
    }
    close(descriptor);
}
