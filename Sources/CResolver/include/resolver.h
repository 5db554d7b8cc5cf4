// DNS queries of any type through the system's resolver: getaddrinfo knows addresses only.
#ifndef CRESOLVER_RESOLVER_H
#define CRESOLVER_RESOLVER_H
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    CRESOLVER_A = 1,
    CRESOLVER_AAAA = 28,
    CRESOLVER_SRV = 33,
    CRESOLVER_NAPTR = 35,

    // What a query came to when it brought no answer.
    CRESOLVER_NO_NAME = -1,      // the name does not exist
    CRESOLVER_NO_DATA = -2,      // the name exists, without a record of this type
    CRESOLVER_TRY_AGAIN = -3,    // no server answered, or one that failed
    CRESOLVER_FAILED = -4,       // a server refused, or the name is malformed
    CRESOLVER_UNAVAILABLE = -5,  // the resolver cannot be used at all
};

// The whole answer to a query of class IN for `name` as it is, without search domains: its bytes, or an outcome above.
// Each name server is asked once more after `timeout_seconds`.
static inline int cresolver_query(const char *name, int type, int timeout_seconds, uint8_t *answer, int capacity) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return CRESOLVER_UNAVAILABLE;
    state.retrans = timeout_seconds;
    state.retry = 2;
    state.options &= ~(unsigned long)(RES_DEFNAMES | RES_DNSRCH);
    int count = res_nquery(&state, name, ns_c_in, type, answer, capacity);
    int outcome = state.res_h_errno;
    res_nclose(&state);
    if (count >= 0) return count < capacity ? count : capacity;
    switch (outcome) {
        case 1: return CRESOLVER_NO_NAME;    // HOST_NOT_FOUND
        case 2: return CRESOLVER_TRY_AGAIN;  // TRY_AGAIN
        case 4: return CRESOLVER_NO_DATA;    // NO_DATA
        default: return CRESOLVER_FAILED;
    }
}
#endif
