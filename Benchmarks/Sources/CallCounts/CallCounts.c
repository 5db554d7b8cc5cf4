// Counts the calls of this thread: benchmarks run on one, and what others do meanwhile is not theirs.
#define _GNU_SOURCE
#include "CallCounts.h"

#include <openssl/crypto.h>
#include <stdlib.h>

enum { MALLOC, RETAIN, RELEASE, OPENSSL, KINDS };
static __thread unsigned long long counts[KINDS];
static inline void count(int kind, unsigned number) { counts[kind] += number; }

#include "interposers.h"

static void *openssl_malloc(size_t size, const char *file, int line) {
    (void)file, (void)line;
    return count(OPENSSL, 1), __libc_malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line) {
    (void)file, (void)line;
    return count(OPENSSL, 1), __libc_realloc(old, size);
}

static void openssl_free(void *memory, const char *file, int line) {
    (void)file, (void)line;
    free(memory);
}

// Before OpenSSL allocates anything: afterwards it takes no other functions.
__attribute__((constructor)) static void begin(void) {
    if (!CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free)) abort();
}

call_counts call_counts_now(void) {
    return (call_counts){
        .mallocs = counts[MALLOC],
        .retains = counts[RETAIN],
        .releases = counts[RELEASE],
        .openssl_mallocs = counts[OPENSSL],
    };
}
