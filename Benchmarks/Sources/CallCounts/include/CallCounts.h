#ifndef CALL_COUNTS_H
#define CALL_COUNTS_H

/// Calls of one thread, since it began.
typedef struct {
    /// Of malloc and its kin, without those of OpenSSL.
    unsigned long long mallocs;
    /// References taken; the number of them where one call takes several.
    unsigned long long retains;
    /// References given back.
    unsigned long long releases;
    /// Of malloc by OpenSSL, which differ with its version.
    unsigned long long openssl_mallocs;
} call_counts;

/// What the calling thread has called until now. Whoever links this module counts from the start.
call_counts call_counts_now(void);

#endif
