// TLS over buffers that a loop lends: no socket inside OpenSSL, no buffer of its own per idle connection.
#ifndef COPENSSL_TLS_H
#define COPENSSL_TLS_H
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <string.h>

// What passes between a session and its socket. One pipe serves every session of a loop, one session at a time.
typedef struct {
    const uint8_t *input;
    size_t input_count;
    uint8_t *output;
    size_t output_count, output_capacity;
} copenssl_pipe;

static int copenssl_pipe_read(BIO *bio, char *into, int capacity) {
    copenssl_pipe *pipe = (copenssl_pipe *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (pipe->input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = pipe->input_count < (size_t)capacity ? pipe->input_count : (size_t)capacity;
    memcpy(into, pipe->input, count);
    pipe->input += count;
    pipe->input_count -= count;
    return (int)count;
}

static int copenssl_pipe_write(BIO *bio, const char *from, int count) {
    copenssl_pipe *pipe = (copenssl_pipe *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if ((size_t)count > pipe->output_capacity - pipe->output_count) {
        BIO_set_retry_write(bio);
        return -1;
    }
    memcpy(pipe->output + pipe->output_count, from, (size_t)count);
    pipe->output_count += (size_t)count;
    return count;
}

static long copenssl_pipe_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

static int copenssl_pipe_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static inline BIO_METHOD *copenssl_pipe_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "loop pipe");
    if (!method) return 0;
    BIO_meth_set_read(method, copenssl_pipe_read);
    BIO_meth_set_write(method, copenssl_pipe_write);
    BIO_meth_set_ctrl(method, copenssl_pipe_control);
    BIO_meth_set_create(method, copenssl_pipe_create);
    return method;
}

// RFC 7443: `stun.turn` and `stun.nat-discovery`; `http/1.1` where HTTP has somewhere to go. A client that offers none
// of them, or nothing, is served without ALPN.
static int copenssl_select_protocol(SSL *ssl, const unsigned char **selected, unsigned char *selected_count,
                                    const unsigned char *offered, unsigned int offered_count, void *context) {
    static const unsigned char known[] = "\x09stun.turn\x12stun.nat-discovery\x08http/1.1";
    static const unsigned int http_count = 9;
    (void)ssl;
    unsigned char *choice = 0;
    unsigned int known_count = sizeof known - 1 - (context ? 0 : http_count);
    if (SSL_select_next_proto(&choice, selected_count, known, known_count, offered, offered_count) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *selected = choice;
    return SSL_TLSEXT_ERR_OK;
}

// A server context for TLS 1.2 and 1.3, or null with the reason in OpenSSL's error queue.
static inline SSL_CTX *copenssl_server_context(const char *certificate_file, const char *key_file,
                                               const char *client_authority_file, int offers_http) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return 0;
    static const unsigned char session_context[] = "tern";
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    // Buffers go back when a session idles; a write that was cut short may be repeated from elsewhere.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, copenssl_select_protocol, offers_http ? context : 0);
    int fine = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
               SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
               SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
               SSL_CTX_use_certificate_chain_file(context, certificate_file) == 1 &&
               SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) == 1 &&
               SSL_CTX_check_private_key(context) == 1;
    if (fine && client_authority_file) {
        fine = SSL_CTX_load_verify_locations(context, client_authority_file, 0) == 1;
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
    }
    if (!fine) {
        SSL_CTX_free(context);
        return 0;
    }
    return context;
}

// A server session that reads from and writes to `pipe`, or null.
static inline SSL *copenssl_server_session(SSL_CTX *context, BIO_METHOD *method, copenssl_pipe *pipe) {
    SSL *ssl = SSL_new(context);
    if (!ssl) return 0;
    BIO *bio = BIO_new(method);
    if (!bio) {
        SSL_free(ssl);
        return 0;
    }
    BIO_set_data(bio, pipe);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_accept_state(ssl);
    return ssl;
}

enum {
    COPENSSL_DONE = 0,
    COPENSSL_WANTS_INPUT = -1,
    COPENSSL_WANTS_OUTPUT = -2,
    COPENSSL_CLOSED = -3,
    COPENSSL_FAILED = -4,
};

static inline int copenssl_outcome(SSL *ssl, int result) {
    switch (SSL_get_error(ssl, result)) {
        case SSL_ERROR_WANT_READ: return COPENSSL_WANTS_INPUT;
        case SSL_ERROR_WANT_WRITE: return COPENSSL_WANTS_OUTPUT;
        case SSL_ERROR_ZERO_RETURN: return COPENSSL_CLOSED;
        default: return COPENSSL_FAILED;
    }
}

static inline int copenssl_handshake(SSL *ssl) {
    ERR_clear_error();
    int result = SSL_do_handshake(ssl);
    return result == 1 ? COPENSSL_DONE : copenssl_outcome(ssl, result);
}

// Bytes read, or one of the outcomes above.
static inline int copenssl_read(SSL *ssl, void *into, int capacity) {
    ERR_clear_error();
    int result = SSL_read(ssl, into, capacity);
    return result > 0 ? result : copenssl_outcome(ssl, result);
}

static inline int copenssl_write(SSL *ssl, const void *from, int count) {
    ERR_clear_error();
    int result = SSL_write(ssl, from, count);
    return result > 0 ? result : copenssl_outcome(ssl, result);
}

// Tells the client that nothing more comes [RFC 8446 section 6.1].
static inline void copenssl_close_notify(SSL *ssl) {
    ERR_clear_error();
    SSL_shutdown(ssl);
    ERR_clear_error();
}

// Whether client and server agreed by ALPN that STUN or TURN is spoken [RFC 7443].
static inline int copenssl_agreed_on_stun(const SSL *ssl) {
    const unsigned char *name = 0;
    unsigned int count = 0;
    SSL_get0_alpn_selected(ssl, &name, &count);
    return count > 5 && memcmp(name, "stun.", 5) == 0;
}

// The reason of the last failure in OpenSSL's words.
static inline void copenssl_reason(char *into, size_t capacity) {
    unsigned long code = ERR_peek_last_error();
    const char *text = code ? ERR_reason_error_string(code) : 0;
    strncpy(into, text ? text : "unknown reason", capacity - 1);
    into[capacity - 1] = 0;
    ERR_clear_error();
}
#endif
