// DTLS 1.2 with use_srtp [RFC 5764] over datagrams that the owner carries: no socket inside OpenSSL.
#ifndef COPENSSL_DTLS_H
#define COPENSSL_DTLS_H
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>

#include "certificate.h"
#include "tls.h"

enum {
    // Datagrams of one turn at most: a flight with a certificate takes one to three.
    COPENSSL_DTLS_DATAGRAMS = 16,
    COPENSSL_DTLS_OUTPUT_BYTES = 16384,
    COPENSSL_SHA256_BYTES = 32,
};

// What passes between an endpoint and its owner: one datagram in, some out. Sizes say where each of those ends.
typedef struct {
    const uint8_t *input;
    size_t input_count;
    uint8_t output[COPENSSL_DTLS_OUTPUT_BYTES];
    uint16_t sizes[COPENSSL_DTLS_DATAGRAMS];
    size_t output_count;
    int datagrams;
    int mtu;
} copenssl_datagrams;

// Where the datagram `index` of the output begins.
static inline const uint8_t *copenssl_datagram(const copenssl_datagrams *pipe, int index, size_t *count) {
    size_t offset = 0;
    for (int i = 0; i < index; i++) offset += pipe->sizes[i];
    *count = pipe->sizes[index];
    return pipe->output + offset;
}

static int copenssl_datagram_read(BIO *bio, char *into, int capacity) {
    copenssl_datagrams *pipe = (copenssl_datagrams *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (pipe->input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    // What does not fit is gone, as with a socket.
    size_t count = pipe->input_count < (size_t)capacity ? pipe->input_count : (size_t)capacity;
    memcpy(into, pipe->input, count);
    pipe->input_count = 0;
    return (int)count;
}

static int copenssl_datagram_write(BIO *bio, const char *from, int count) {
    copenssl_datagrams *pipe = (copenssl_datagrams *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    // A full queue loses the datagram, as a network does: retransmission brings it again.
    if (pipe->datagrams == COPENSSL_DTLS_DATAGRAMS || (size_t)count > sizeof pipe->output - pipe->output_count)
        return count;
    memcpy(pipe->output + pipe->output_count, from, (size_t)count);
    pipe->output_count += (size_t)count;
    pipe->sizes[pipe->datagrams++] = (uint16_t)count;
    return count;
}

static long copenssl_datagram_control(BIO *bio, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    const copenssl_datagrams *pipe = (const copenssl_datagrams *)BIO_get_data(bio);
    switch (command) {
        case BIO_CTRL_FLUSH:
        case BIO_CTRL_DUP: return 1;
        case BIO_CTRL_DGRAM_QUERY_MTU:
        case BIO_CTRL_DGRAM_GET_FALLBACK_MTU: return pipe ? pipe->mtu : 0;
        default: return 0;
    }
}

static inline BIO_METHOD *copenssl_datagram_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    if (!method) return 0;
    BIO_meth_set_read(method, copenssl_datagram_read);
    BIO_meth_set_write(method, copenssl_datagram_write);
    BIO_meth_set_ctrl(method, copenssl_datagram_control);
    BIO_meth_set_create(method, copenssl_pipe_create);
    return method;
}

// A P-256 key and a certificate signed with it that names nobody: who it belongs to, its fingerprint says [RFC 8122].
static inline int copenssl_make_identity(EVP_PKEY **key_out, X509 **certificate_out) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIGNUM *serial = BN_new();
    X509_NAME *subject = certificate ? X509_get_subject_name(certificate) : 0;
    int fine = key && subject && serial && X509_set_version(certificate, X509_VERSION_3) &&
               BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
               BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) &&
               X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
               X509_time_adj_ex(X509_getm_notAfter(certificate), 30, 0, 0) &&
               X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)"media", -1, -1, 0) &&
               X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, key) &&
               X509_sign(certificate, key, EVP_sha256());
    BN_free(serial);
    if (!fine) {
        X509_free(certificate);
        EVP_PKEY_free(key);
        return 0;
    }
    *key_out = key;
    *certificate_out = certificate;
    return 1;
}

// SHA-256 over the certificate's DER form: 1 on success.
static inline int copenssl_fingerprint(const X509 *certificate, uint8_t into[COPENSSL_SHA256_BYTES]) {
    unsigned count = 0;
    return certificate && X509_digest(certificate, EVP_sha256(), into, &count) == 1 &&
           count == COPENSSL_SHA256_BYTES;
}

// Certificates here are signed by their own keys: the handshake proves that the other end has the key, and its
// fingerprint, compared by the caller, whose it is.
static int copenssl_accept_certificate(int fine, X509_STORE_CTX *store) {
    (void)fine, (void)store;
    return 1;
}

// The first wait 400 ms, then twice as long each time, up to 6.4 s [RFC 6347 4.2.4.1 allows shorter ones for media].
static unsigned copenssl_dtls_wait(SSL *ssl, unsigned microseconds) {
    (void)ssl;
    if (microseconds == 0) return 400000;
    return microseconds >= 3200000 ? 6400000 : 2 * microseconds;
}

// A context for both roles that offers and accepts this one SRTP profile; null with the reason in the error queue.
static inline SSL_CTX *copenssl_dtls_context(const char *srtp_profile) {
    SSL_CTX *context = SSL_CTX_new(DTLS_method());
    if (!context) return 0;
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, copenssl_accept_certificate);
    // SSL_CTX_set_tlsext_use_srtp returns 0 for success.
    int fine = SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
               SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
               SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 &&
               SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305") == 1 &&
               SSL_CTX_set_tlsext_use_srtp(context, srtp_profile) == 0;
    if (!fine) {
        SSL_CTX_free(context);
        return 0;
    }
    return context;
}

// An endpoint that reads from and writes to `pipe`, or null. No datagram is larger than `mtu`.
static inline SSL *copenssl_dtls_endpoint(SSL_CTX *context, BIO_METHOD *method, copenssl_datagrams *pipe,
                                          EVP_PKEY *key, X509 *certificate, int is_server, int mtu) {
    SSL *ssl = SSL_new(context);
    BIO *bio = ssl ? BIO_new(method) : 0;
    if (!bio || SSL_use_certificate(ssl, certificate) != 1 || SSL_use_PrivateKey(ssl, key) != 1) {
        BIO_free(bio);
        SSL_free(ssl);
        return 0;
    }
    pipe->mtu = mtu;
    BIO_set_data(bio, pipe);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_mtu(ssl, mtu);
    DTLS_set_timer_cb(ssl, copenssl_dtls_wait);
    if (is_server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    return ssl;
}

// Milliseconds until `copenssl_dtls_retransmit` is to be called; -1 when nothing is awaited.
static inline int64_t copenssl_dtls_timeout(SSL *ssl) {
    struct timeval left = {0, 0};
    if (DTLSv1_get_timeout(ssl, &left) != 1) return -1;
    return (int64_t)left.tv_sec * 1000 + (left.tv_usec + 999) / 1000;
}

// Repeats the last flight if its time has come: -1 when it was repeated too often.
static inline int copenssl_dtls_retransmit(SSL *ssl) {
    ERR_clear_error();
    return (int)DTLSv1_handle_timeout(ssl);
}

// SHA-256 of the other end's certificate: 1, or 0 when it has sent none.
static inline int copenssl_peer_fingerprint(SSL *ssl, uint8_t into[COPENSSL_SHA256_BYTES]) {
    return copenssl_fingerprint(SSL_get0_peer_certificate(ssl), into);
}

// The number of the SRTP profile that both ends agreed on [RFC 5764 4.1.2]; 0 when on none.
static inline uint16_t copenssl_srtp_profile(SSL *ssl) {
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(ssl);
    return profile ? (uint16_t)profile->id : 0;
}

// Keys and salts of both directions, as they are laid out in RFC 5764 4.2: 1 on success.
static inline int copenssl_srtp_keys(SSL *ssl, uint8_t *into, size_t count) {
    static const char label[] = "EXTRACTOR-dtls_srtp";
    return SSL_export_keying_material(ssl, into, count, label, sizeof label - 1, 0, 0, 0) == 1;
}
#endif
