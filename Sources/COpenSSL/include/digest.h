// Digests, HMAC and random bytes: OpenSSL's calls in the few forms that are needed, for lengths and pointers only.
#ifndef COPENSSL_DIGEST_H
#define COPENSSL_DIGEST_H
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stddef.h>
#include <stdint.h>

// Fetched once and kept: fetching an algorithm by name costs more than computing with it. NULL when the library in use
// does not offer it (MD5 under FIPS).
static inline EVP_MD *copenssl_digest(const char *name) { return EVP_MD_fetch(NULL, name, NULL); }

// The digest of `count` bytes. 1 on success.
static inline int copenssl_hash(EVP_MD_CTX *context, const EVP_MD *digest, const void *bytes, size_t count,
                                uint8_t *into) {
    return EVP_DigestInit_ex2(context, digest, NULL) == 1 && EVP_DigestUpdate(context, bytes, count) == 1 &&
           EVP_DigestFinal_ex(context, into, NULL) == 1;
}

// HMAC's two inner contexts are made anew for every key; these three hold their state and are never freed in between.
typedef struct {
    EVP_MD *digest;
    EVP_MD_CTX *context;
    size_t size;
} copenssl_hmac;

// An HMAC state over the named digest ("SHA1", "SHA256"); `context` is NULL when it cannot be had.
static inline copenssl_hmac copenssl_hmac_make(const char *name) {
    copenssl_hmac mac = {copenssl_digest(name), NULL, 0};
    if (mac.digest) {
        mac.size = (size_t)EVP_MD_get_size(mac.digest);
        mac.context = EVP_MD_CTX_new();
    }
    return mac;
}

static inline void copenssl_hmac_free(copenssl_hmac *mac) {
    EVP_MD_CTX_free(mac->context);
    EVP_MD_free(mac->digest);
    mac->context = NULL;
    mac->digest = NULL;
}

// HMAC [RFC 2104] of two pieces of text with SHA-1 or SHA-256 (64-byte blocks), over one digest context: half the work
// of EVP_MAC_init, which copies contexts for every new key. 1 on success.
static inline int copenssl_hmac_compute(const copenssl_hmac *mac, const uint8_t *key, size_t key_count,
                                        const void *head, size_t head_count, const void *body, size_t body_count,
                                        uint8_t *into) {
    uint8_t pad[64], inner[32];
    if (mac->size > sizeof(inner)) return 0;
    for (size_t i = 0; i < sizeof(pad); i++) pad[i] = 0x36;
    if (key_count <= sizeof(pad)) {
        for (size_t i = 0; i < key_count; i++) pad[i] ^= key[i];
    } else {
        if (!copenssl_hash(mac->context, mac->digest, key, key_count, inner)) return 0;
        for (size_t i = 0; i < mac->size; i++) pad[i] ^= inner[i];
    }
    int ok = EVP_DigestInit_ex2(mac->context, mac->digest, NULL) == 1 &&
             EVP_DigestUpdate(mac->context, pad, sizeof(pad)) == 1 &&
             EVP_DigestUpdate(mac->context, head, head_count) == 1 &&
             EVP_DigestUpdate(mac->context, body, body_count) == 1 &&
             EVP_DigestFinal_ex(mac->context, inner, NULL) == 1;
    for (size_t i = 0; i < sizeof(pad); i++) pad[i] ^= 0x36 ^ 0x5c;
    ok = ok && EVP_DigestInit_ex2(mac->context, mac->digest, NULL) == 1 &&
         EVP_DigestUpdate(mac->context, pad, sizeof(pad)) == 1 &&
         EVP_DigestUpdate(mac->context, inner, mac->size) == 1 &&
         EVP_DigestFinal_ex(mac->context, into, NULL) == 1;
    OPENSSL_cleanse(pad, sizeof(pad));
    OPENSSL_cleanse(inner, sizeof(inner));
    return ok;
}

// Bytes from the system's CSPRNG by way of OpenSSL's. 1 on success.
static inline int copenssl_random(uint8_t *into, size_t count) { return RAND_bytes(into, (int)count); }

// Whether two runs of bytes are equal, in a time that depends on their length only.
static inline int copenssl_equal(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}
#endif
