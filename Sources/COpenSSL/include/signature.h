// Ed25519 [RFC 8032]: signatures that whoever has the public key can check.
#ifndef COPENSSL_SIGNATURE_H
#define COPENSSL_SIGNATURE_H
#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

enum { copenssl_ed25519_key = 32, copenssl_ed25519_signature = 64 };

// 1 when `into` (32 bytes) holds the public key of `seed` (32 bytes).
static inline int copenssl_ed25519_public(const uint8_t *seed, uint8_t *into) {
    size_t count = copenssl_ed25519_key;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, copenssl_ed25519_key);
    int ok = key && EVP_PKEY_get_raw_public_key(key, into, &count) == 1 && count == copenssl_ed25519_key;
    EVP_PKEY_free(key);
    return ok;
}

// 1 when `into` (64 bytes) holds the signature of `data` under `seed`.
static inline int copenssl_ed25519_sign(const uint8_t *seed, const uint8_t *data, size_t data_count, uint8_t *into) {
    size_t count = copenssl_ed25519_signature;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, copenssl_ed25519_key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int ok = key && context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
             EVP_DigestSign(context, into, &count, data, data_count) == 1 && count == copenssl_ed25519_signature;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}

// 1 when `signature` (64 bytes) is that of `data` under the private key of `public_key` (32 bytes).
static inline int copenssl_ed25519_verify(const uint8_t *public_key, const uint8_t *data, size_t data_count,
                                          const uint8_t *signature) {
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, copenssl_ed25519_key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int ok = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
             EVP_DigestVerify(context, signature, copenssl_ed25519_signature, data, data_count) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok;
}
#endif
