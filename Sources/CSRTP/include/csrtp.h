// libsrtp2, opened when it is needed and not linked: a relay that protects no media of its own runs without it.
#ifndef CSRTP_H
#define CSRTP_H
#include <stddef.h>
#include <stdint.h>

enum {
    // Protection profiles by their numbers in DTLS [RFC 5764 4.1.2, RFC 7714 14.2].
    CSRTP_AES128_CM_SHA1_80 = 0x0001,
    CSRTP_AEAD_AES_128_GCM = 0x0007,
    // Bytes of a packet that protecting may add.
    CSRTP_TRAILER_BYTES = 144,
};

// What became of a packet.
enum {
    CSRTP_OK = 0,
    CSRTP_AUTHENTICATION_FAILED = 1,
    CSRTP_REPLAYED = 2,
    // Its number is below the window in which repetitions are told apart.
    CSRTP_TOO_OLD = 3,
    CSRTP_FAILED = 4,
};

// Null when the library is there, or why not. The first call opens it; later ones only answer.
const char *csrtp_open(void);

// As in "libsrtp2 2.5.0"; null before it is open.
const char *csrtp_version(void);

// A context for one direction: `key` is the master key with its salt behind it. Repetitions among the last `window`
// packets are recognised. Null when the library was built without the profile.
void *csrtp_make(uint16_t profile, const uint8_t *key, int is_outbound, unsigned long window);
void csrtp_free(void *context);

// Changes a packet in place; `count` becomes its new size. Protecting needs CSRTP_TRAILER_BYTES of room behind it.
int csrtp_protect(void *context, uint8_t *packet, int *count);
int csrtp_unprotect(void *context, uint8_t *packet, int *count);
#endif
