// The client's end of TLS over a non-blocking socket, for programs that talk to a relay and are not one.
#ifndef COPENSSL_CLIENT_TLS_H
#define COPENSSL_CLIENT_TLS_H
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

#include "certificate.h"
#include "tls.h"

// A client context for TLS 1.2 and 1.3, or null with the reason in OpenSSL's error queue. With `verifies` the server's
// certificate must chain to `authority_file`, or to the system's authorities when that is null.
static inline SSL_CTX *copenssl_client_context(int verifies, const char *authority_file) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) return 0;
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    int fine = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
    if (fine && verifies) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, 0);
        fine = authority_file ? SSL_CTX_load_verify_locations(context, authority_file, 0) == 1
                              : SSL_CTX_set_default_verify_paths(context) == 1;
    }
    if (!fine) {
        SSL_CTX_free(context);
        return 0;
    }
    return context;
}

// A client session on a connected socket, or null. `host` is a DNS name or an address: the certificate must name it,
// and a DNS name goes out as SNI. Offers the protocol `stun.turn` [RFC 7443].
static inline SSL *copenssl_client_session(SSL_CTX *context, int descriptor, const char *host, int host_is_address) {
    static const unsigned char protocol[] = "\x09stun.turn";
    SSL *ssl = SSL_new(context);
    if (!ssl) return 0;
    int named = host_is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
                                : SSL_set1_host(ssl, host) && SSL_set_tlsext_host_name(ssl, host);
    if (!named || SSL_set_alpn_protos(ssl, protocol, sizeof protocol - 1) != 0 || SSL_set_fd(ssl, descriptor) != 1) {
        SSL_free(ssl);
        return 0;
    }
    SSL_set_connect_state(ssl);
    return ssl;
}

// Why the server's certificate was not accepted, in OpenSSL's words; null when it was.
static inline const char *copenssl_certificate_problem(SSL *ssl) {
    long result = SSL_get_verify_result(ssl);
    return result == X509_V_OK ? 0 : X509_verify_cert_error_string(result);
}

// What is worth knowing of a certificate that the server sent. Texts are cut to fit and end with a zero.
typedef struct {
    char subject[256], issuer[256], names[512];  // names: of the subjectAltName, with commas between
    int64_t not_before, not_after;               // Unix seconds
    int self_signed;
} copenssl_peer_certificate;

static inline int copenssl_peer_chain_count(SSL *ssl) {
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    return chain ? sk_X509_num(chain) : 0;
}

static inline void copenssl_copy_names(X509 *certificate, char *into, size_t capacity) {
    size_t used = 0;
    into[0] = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, 0, 0);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        char text[64];
        const char *from = text;
        size_t count = 0;
        if (name->type == GEN_DNS) {
            from = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
            count = (size_t)ASN1_STRING_length(name->d.dNSName);
        } else if (name->type == GEN_IPADD) {
            const unsigned char *bytes = ASN1_STRING_get0_data(name->d.iPAddress);
            int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
            if ((family == AF_INET || ASN1_STRING_length(name->d.iPAddress) == 16) &&
                inet_ntop(family, bytes, text, sizeof text))
                count = strlen(text);
        }
        if (count == 0 || used + count + 3 > capacity) continue;
        if (used) {
            memcpy(into + used, ", ", 2);
            used += 2;
        }
        memcpy(into + used, from, count);
        used += count;
        into[used] = 0;
    }
    GENERAL_NAMES_free(names);
}

// Certificate `index` of the chain that the server sent, its own first: 1, or 0 when there is none.
static inline int copenssl_read_peer_certificate(SSL *ssl, int index, copenssl_peer_certificate *into) {
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    if (!chain || index >= sk_X509_num(chain)) return 0;
    X509 *certificate = sk_X509_value(chain, index);
    memset(into, 0, sizeof *into);
    X509_NAME_oneline(X509_get_subject_name(certificate), into->subject, sizeof into->subject);
    X509_NAME_oneline(X509_get_issuer_name(certificate), into->issuer, sizeof into->issuer);
    copenssl_copy_names(certificate, into->names, sizeof into->names);
    into->not_before = copenssl_unix_seconds(X509_get0_notBefore(certificate));
    into->not_after = copenssl_unix_seconds(X509_get0_notAfter(certificate));
    into->self_signed = X509_self_signed(certificate, 0) == 1;
    return 1;
}

static inline const char *copenssl_cipher_name(SSL *ssl) {
    const char *name = SSL_get_cipher_name(ssl);
    return name ? name : "none";
}

// The application protocol that the server chose; empty when it chose none.
static inline void copenssl_selected_protocol(SSL *ssl, char *into, size_t capacity) {
    const unsigned char *name = 0;
    unsigned count = 0;
    SSL_get0_alpn_selected(ssl, &name, &count);
    if (count >= capacity) count = 0;
    if (count) memcpy(into, name, count);
    into[count] = 0;
}
#endif
