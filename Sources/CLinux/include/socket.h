// Sockets and addresses. An address crosses into Swift as plain integers in host order.
#ifndef CLINUX_SOCKET_H
#define CLINUX_SOCKET_H
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/errqueue.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

// family: 1 IPv4 (value in low), 2 IPv6, as in STUN; 0 none.
typedef struct {
    uint64_t high, low;
    uint16_t port;
    uint8_t family;
} clinux_address;

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} clinux_sockaddr;

static inline socklen_t clinux_pack(clinux_sockaddr *to, uint64_t high, uint64_t low, uint16_t port, uint8_t family) {
    if (family == 1) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = __builtin_bswap16(port);
        to->v4.sin_addr.s_addr = __builtin_bswap32((uint32_t)low);
        memset(to->v4.sin_zero, 0, sizeof to->v4.sin_zero);
        return sizeof to->v4;
    }
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = __builtin_bswap16(port);
    to->v6.sin6_flowinfo = 0;
    to->v6.sin6_scope_id = 0;
    uint64_t words[2] = {__builtin_bswap64(high), __builtin_bswap64(low)};
    memcpy(&to->v6.sin6_addr, words, 16);
    return sizeof to->v6;
}

static inline clinux_address clinux_unpack(const clinux_sockaddr *from) {
    clinux_address a = {0, 0, 0, 0};
    if (from->any.sa_family == AF_INET) {
        a.low = __builtin_bswap32(from->v4.sin_addr.s_addr);
        a.port = __builtin_bswap16(from->v4.sin_port);
        a.family = 1;
    } else if (from->any.sa_family == AF_INET6) {
        uint64_t words[2];
        memcpy(words, &from->v6.sin6_addr, 16);
        a.high = __builtin_bswap64(words[0]);
        a.low = __builtin_bswap64(words[1]);
        a.port = __builtin_bswap16(from->v6.sin6_port);
        a.family = 2;
    }
    return a;
}

static inline int clinux_set(int descriptor, int level, int option, int value) {
    return setsockopt(descriptor, level, option, &value, sizeof value);
}

// Beyond the system's limit where the process may, up to it otherwise.
static inline void clinux_set_buffers(int descriptor, int receive_bytes, int send_bytes) {
    if (receive_bytes > 0 && clinux_set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, receive_bytes) != 0)
        clinux_set(descriptor, SOL_SOCKET, SO_RCVBUF, receive_bytes);
    if (send_bytes > 0 && clinux_set(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, send_bytes) != 0)
        clinux_set(descriptor, SOL_SOCKET, SO_SNDBUF, send_bytes);
}

// A bound, non-blocking socket, or -errno. One that shares its port with the other loops when `shared`.
static inline int clinux_bound_socket(int type, const clinux_sockaddr *address, socklen_t length, int shared) {
    int descriptor = socket(address->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int failed = 0;
    if (address->any.sa_family == AF_INET6) failed |= clinux_set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (type == SOCK_STREAM) failed |= clinux_set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (shared) failed |= clinux_set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (failed || bind(descriptor, &address->any, length) != 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

static inline clinux_address clinux_local_address(int descriptor) {
    clinux_sockaddr a;
    socklen_t length = sizeof a;
    memset(&a, 0, sizeof a);
    if (getsockname(descriptor, &a.any, &length) != 0) a.any.sa_family = AF_UNSPEC;
    return clinux_unpack(&a);
}

// A connection that waited at `listener`, non-blocking, and where it comes from; or -errno.
int clinux_accept(int listener, clinux_address *peer);

// UDP options of a socket that carries datagrams: merged receive, type-of-service on receipt, ICMP errors, no
// fragmentation prohibited unless asked (RFC 8656 section 14). What a kernel lacks is done without.
static inline void clinux_prepare_udp(int descriptor, int family, int merged_receive, int errors) {
    if (merged_receive) clinux_set(descriptor, IPPROTO_UDP, UDP_GRO, 1);
    if (family == 1) {
        clinux_set(descriptor, IPPROTO_IP, IP_RECVTOS, 1);
        clinux_set(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
        if (errors) clinux_set(descriptor, IPPROTO_IP, IP_RECVERR, 1);
    } else {
        clinux_set(descriptor, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
        clinux_set(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
        if (errors) clinux_set(descriptor, IPPROTO_IPV6, IPV6_RECVERR, 1);
    }
}

static inline void clinux_set_dont_fragment(int descriptor, int family, int on) {
    if (family == 1) clinux_set(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, on ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT);
    else clinux_set(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, on ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_DONT);
}

// Datagrams that the kernel dropped at this socket because its queue was full, since it was opened.
static inline uint32_t clinux_receive_drops(int descriptor) {
    uint32_t info[SK_MEMINFO_VARS];
    socklen_t length = sizeof info;
    memset(info, 0, sizeof info);
    if (getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, info, &length) != 0) return 0;
    return info[SK_MEMINFO_DROPS];
}

// Bytes of memory that the socket's receive queue may take.
static inline int clinux_receive_buffer(int descriptor) {
    int bytes = 0;
    socklen_t length = sizeof bytes;
    return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, &length) == 0 ? bytes : 0;
}

// The address of a Unix socket.
typedef struct {
    struct sockaddr_un name;
    socklen_t length;
} clinux_unix_address;

// From a path, or with a leading @ a name in Linux's abstract namespace; 0, or -1 when it is empty or does not fit.
static inline int clinux_pack_unix(clinux_unix_address *to, const char *path) {
    size_t count = strlen(path);
    if (count == 0 || count >= sizeof to->name.sun_path) return -1;
    memset(to, 0, sizeof *to);
    to->name.sun_family = AF_UNIX;
    memcpy(to->name.sun_path, path, count);
    int is_abstract = path[0] == '@';
    if (is_abstract) to->name.sun_path[0] = 0;
    to->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + (is_abstract ? 0 : 1));
    return 0;
}

// A non-blocking stream connected to `address`, or -errno: -EAGAIN when the listener's queue is full.
static inline int clinux_connect_unix(const clinux_unix_address *address) {
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (const struct sockaddr *)&address->name, address->length) != 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

// Closes a stream so that the other side sees a reset, not an orderly end: no state of it stays here.
static inline void clinux_close_with_reset(int descriptor) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(descriptor);
}

// The kernel takes no more from us while so many bytes wait that it has not sent yet: it would hold megabytes for a
// client that reads slowly.
static inline int clinux_limit_unsent(int descriptor, int bytes) {
    return clinux_set(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
}

static inline int clinux_no_delay(int descriptor) { return clinux_set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1); }

#endif
