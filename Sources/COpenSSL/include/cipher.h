// AES-256-GCM and a SHA-256 that is fed piece by piece.
#ifndef COPENSSL_CIPHER_H
#define COPENSSL_CIPHER_H
#include <limits.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

enum { copenssl_gcm_nonce = 12, copenssl_gcm_tag = 16 };

// Fetched once and kept, as with digests.
static inline EVP_CIPHER *copenssl_cipher(const char *name) { return EVP_CIPHER_fetch(NULL, name, NULL); }

// Encrypts `count` bytes into `into` and puts the tag behind them: `into` holds count + 16 bytes. 1 on success.
static inline int copenssl_gcm_seal(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *nonce,
                                    const uint8_t *data, size_t data_count, const uint8_t *plain, size_t count,
                                    uint8_t *into) {
    if (count > INT_MAX - copenssl_gcm_tag || data_count > INT_MAX) return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0, last = 0;
    int ok = context && EVP_EncryptInit_ex2(context, cipher, key, nonce, NULL) == 1 &&
             (data_count == 0 || EVP_EncryptUpdate(context, NULL, &written, data, (int)data_count) == 1) &&
             (count == 0 || EVP_EncryptUpdate(context, into, &written, plain, (int)count) == 1) &&
             EVP_EncryptFinal_ex(context, into + count, &last) == 1 &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, copenssl_gcm_tag, into + count) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

// Decrypts `count` bytes, the tag at their end included, into `into`, which holds count - 16 bytes. 1 when the tag is
// right; otherwise nothing in `into` may be used.
static inline int copenssl_gcm_open(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *nonce,
                                    const uint8_t *data, size_t data_count, const uint8_t *sealed, size_t count,
                                    uint8_t *into) {
    if (count < copenssl_gcm_tag || count > INT_MAX || data_count > INT_MAX) return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0, last = 0;
    uint8_t rest[16];
    size_t plain = count - copenssl_gcm_tag;
    int ok = context && EVP_DecryptInit_ex2(context, cipher, key, nonce, NULL) == 1 &&
             (data_count == 0 || EVP_DecryptUpdate(context, NULL, &written, data, (int)data_count) == 1) &&
             (plain == 0 || EVP_DecryptUpdate(context, into, &written, sealed, (int)plain) == 1) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, copenssl_gcm_tag, (void *)(sealed + plain)) == 1 &&
             EVP_DecryptFinal_ex(context, rest, &last) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

static inline int copenssl_hash_begin(EVP_MD_CTX *context, const EVP_MD *digest) {
    return context && EVP_DigestInit_ex2(context, digest, NULL) == 1;
}

static inline int copenssl_hash_add(EVP_MD_CTX *context, const void *bytes, size_t count) {
    return EVP_DigestUpdate(context, bytes, count) == 1;
}

static inline int copenssl_hash_end(EVP_MD_CTX *context, uint8_t *into) {
    return EVP_DigestFinal_ex(context, into, NULL) == 1;
}
#endif
