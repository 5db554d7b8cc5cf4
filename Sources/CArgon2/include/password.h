// Argon2id [RFC 9106] of the reference library, in the forms that are needed. 0 is success, every other result a code
// for `argon2_error_message`.
#ifndef CARGON2_PASSWORD_H
#define CARGON2_PASSWORD_H
#include <argon2.h>
#include <stddef.h>
#include <stdint.h>

enum { cargon2_ok = ARGON2_OK, cargon2_mismatch = ARGON2_VERIFY_MISMATCH };

// The hash in PHC form, with its end mark, into `into`.
static inline int cargon2_hash(uint32_t passes, uint32_t kibibytes, const uint8_t *password, size_t password_count,
                               const uint8_t *salt, size_t salt_count, size_t hash_count, char *into, size_t capacity) {
    return argon2id_hash_encoded(passes, kibibytes, 1, password, password_count, salt, salt_count, hash_count, into,
                                 capacity);
}

// Whether `encoded` is the hash of this password.
static inline int cargon2_verify(const char *encoded, const uint8_t *password, size_t password_count) {
    return argon2id_verify(encoded, password, password_count);
}
#endif
