#include "csrtp.h"

#include <dlfcn.h>
#include <pthread.h>
#include <srtp2/srtp.h>
#include <string.h>

_Static_assert(CSRTP_TRAILER_BYTES >= SRTP_MAX_TRAILER_LEN, "room for what the library may append");

// The functions that are called, by the types that their header declares.
static struct {
    __typeof__(&srtp_init) init;
    __typeof__(&srtp_create) create;
    __typeof__(&srtp_dealloc) dealloc;
    __typeof__(&srtp_protect) protect;
    __typeof__(&srtp_unprotect) unprotect;
    __typeof__(&srtp_get_version_string) version;
    __typeof__(&srtp_crypto_policy_set_rtp_default) counter_mode;
    __typeof__(&srtp_crypto_policy_set_aes_gcm_128_16_auth) galois_mode;
} library;
static const char *problem = "not opened";
static pthread_once_t once = PTHREAD_ONCE_INIT;
// Making and freeing contexts counts references inside the library without a lock.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void open_library(void) {
    void *handle = dlopen("libsrtp2.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        problem = "libsrtp2.so.1 cannot be opened: apt-get install libsrtp2-1";
        return;
    }
    library.init = (__typeof__(library.init))dlsym(handle, "srtp_init");
    library.create = (__typeof__(library.create))dlsym(handle, "srtp_create");
    library.dealloc = (__typeof__(library.dealloc))dlsym(handle, "srtp_dealloc");
    library.protect = (__typeof__(library.protect))dlsym(handle, "srtp_protect");
    library.unprotect = (__typeof__(library.unprotect))dlsym(handle, "srtp_unprotect");
    library.version = (__typeof__(library.version))dlsym(handle, "srtp_get_version_string");
    library.counter_mode = (__typeof__(library.counter_mode))dlsym(handle, "srtp_crypto_policy_set_rtp_default");
    library.galois_mode =
        (__typeof__(library.galois_mode))dlsym(handle, "srtp_crypto_policy_set_aes_gcm_128_16_auth");
    if (!library.init || !library.create || !library.dealloc || !library.protect || !library.unprotect ||
        !library.version || !library.counter_mode || !library.galois_mode) {
        problem = "libsrtp2.so.1 lacks a function that is needed: version 2.1 or later is";
        return;
    }
    problem = library.init() == srtp_err_status_ok ? 0 : "libsrtp2 failed its own tests at the start";
}

const char *csrtp_open(void) {
    pthread_once(&once, open_library);
    return problem;
}

const char *csrtp_version(void) { return csrtp_open() ? 0 : library.version(); }

void *csrtp_make(uint16_t profile, const uint8_t *key, int is_outbound, unsigned long window) {
    if (csrtp_open()) return 0;
    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    if (profile == CSRTP_AEAD_AES_128_GCM) {
        library.galois_mode(&policy.rtp);
        library.galois_mode(&policy.rtcp);
    } else if (profile == CSRTP_AES128_CM_SHA1_80) {
        library.counter_mode(&policy.rtp);
        library.counter_mode(&policy.rtcp);
    } else {
        return 0;
    }
    policy.ssrc.type = is_outbound ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = (unsigned char *)(uintptr_t)key;
    policy.window_size = window;
    srtp_t session = 0;
    pthread_mutex_lock(&lock);
    srtp_err_status_t status = library.create(&session, &policy);
    pthread_mutex_unlock(&lock);
    return status == srtp_err_status_ok ? session : 0;
}

void csrtp_free(void *context) {
    pthread_mutex_lock(&lock);
    library.dealloc((srtp_t)context);
    pthread_mutex_unlock(&lock);
}

static int outcome(srtp_err_status_t status) {
    switch (status) {
        case srtp_err_status_ok: return CSRTP_OK;
        case srtp_err_status_auth_fail: return CSRTP_AUTHENTICATION_FAILED;
        case srtp_err_status_replay_fail: return CSRTP_REPLAYED;
        case srtp_err_status_replay_old:
        case srtp_err_status_pkt_idx_old: return CSRTP_TOO_OLD;
        default: return CSRTP_FAILED;
    }
}

int csrtp_protect(void *context, uint8_t *packet, int *count) {
    return outcome(library.protect((srtp_t)context, packet, count));
}

int csrtp_unprotect(void *context, uint8_t *packet, int *count) {
    return outcome(library.unprotect((srtp_t)context, packet, count));
}
