// The client's end of TLS over a non-blocking socket, for programs that talk to a relay and are not one.
#ifndef COPENSSL_CLIENT_TLS_H
#define COPENSSL_CLIENT_TLS_H
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

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
#endif
