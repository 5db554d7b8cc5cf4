// Certificates and private keys in PEM files: read, compare, make. Every function returns null for success, or the
// reason of the failure in words that outlive the call.
#ifndef COPENSSL_CERTIFICATE_H
#define COPENSSL_CERTIFICATE_H
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

// What is worth knowing of a certificate.
typedef struct {
    int64_t not_before, not_after;  // Unix seconds
    int self_signed;
} copenssl_certificate_facts;

static inline const char *copenssl_last_reason(const char *otherwise) {
    unsigned long code = ERR_peek_last_error();
    const char *text = code ? ERR_reason_error_string(code) : 0;
    ERR_clear_error();
    return text ? text : otherwise;
}

static inline int64_t copenssl_unix_seconds(const ASN1_TIME *time) {
    struct tm parts = {0};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

// Reads the first certificate of the file.
static inline const char *copenssl_read_certificate(const char *path, copenssl_certificate_facts *facts) {
    ERR_clear_error();
    FILE *file = fopen(path, "re");
    if (!file) return "cannot be opened";
    X509 *certificate = PEM_read_X509(file, 0, 0, 0);
    fclose(file);
    if (!certificate) return copenssl_last_reason("no certificate in PEM form");
    facts->not_before = copenssl_unix_seconds(X509_get0_notBefore(certificate));
    facts->not_after = copenssl_unix_seconds(X509_get0_notAfter(certificate));
    facts->self_signed = X509_self_signed(certificate, 0) == 1;
    X509_free(certificate);
    return 0;
}

// A key under a passphrase cannot be used by a server that starts alone: never ask for one on the terminal.
static int copenssl_no_passphrase(char *into, int capacity, int writing, void *context) {
    (void)into, (void)capacity, (void)writing, (void)context;
    return -1;
}

static inline const char *copenssl_read_key(const char *path) {
    ERR_clear_error();
    FILE *file = fopen(path, "re");
    if (!file) return "cannot be opened";
    EVP_PKEY *key = PEM_read_PrivateKey(file, 0, copenssl_no_passphrase, 0);
    fclose(file);
    if (!key) return copenssl_last_reason("no private key in PEM form");
    EVP_PKEY_free(key);
    return 0;
}

// 1 when the key belongs to the file's first certificate, 0 when not, -1 when one of them cannot be read.
static inline int copenssl_key_matches(const char *certificate_path, const char *key_path) {
    int result = -1;
    FILE *certificate_file = fopen(certificate_path, "re");
    FILE *key_file = fopen(key_path, "re");
    X509 *certificate = certificate_file ? PEM_read_X509(certificate_file, 0, 0, 0) : 0;
    EVP_PKEY *key = key_file ? PEM_read_PrivateKey(key_file, 0, copenssl_no_passphrase, 0) : 0;
    if (certificate && key) result = X509_check_private_key(certificate, key) == 1;
    EVP_PKEY_free(key);
    X509_free(certificate);
    if (key_file) fclose(key_file);
    if (certificate_file) fclose(certificate_file);
    ERR_clear_error();
    return result;
}

static inline int copenssl_add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, 0, 0, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(0, &context, kind, value);
    if (!extension) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

// A new file, never an existing one, for its owner alone or also for others to read.
static inline FILE *copenssl_create_file(const char *path, mode_t mode) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) return 0;
    FILE *file = fdopen(descriptor, "w");
    if (!file) close(descriptor);
    return file;
}

// Makes an EC P-256 key (mode 0600) and a certificate signed with it. `names` is in the form of OpenSSL's
// subjectAltName: "DNS:localhost,IP:127.0.0.1".
static inline const char *copenssl_make_self_signed(const char *certificate_path, const char *key_path,
                                                    const char *common_name, const char *names, long days) {
    ERR_clear_error();
    const char *failure = 0;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIGNUM *serial = BN_new();
    if (!key || !certificate || !serial) {
        failure = copenssl_last_reason("out of memory");
        goto end;
    }
    X509_NAME *subject = X509_get_subject_name(certificate);
    int fine =
        X509_set_version(certificate, X509_VERSION_3) && BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
        BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
        X509_time_adj_ex(X509_getm_notAfter(certificate), (int)days, 0, 0) &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) &&
        X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, key) &&
        copenssl_add_extension(certificate, NID_subject_key_identifier, "hash") &&
        copenssl_add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
        copenssl_add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
        copenssl_add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
        copenssl_add_extension(certificate, NID_subject_alt_name, names) &&
        X509_sign(certificate, key, EVP_sha256());
    if (!fine) {
        failure = copenssl_last_reason("the certificate cannot be made");
        goto end;
    }
    FILE *file = copenssl_create_file(key_path, 0600);
    if (!file) {
        failure = "the key file cannot be created";
        goto end;
    }
    fine = PEM_write_PKCS8PrivateKey(file, key, 0, 0, 0, 0, 0);
    fine = fclose(file) == 0 && fine;
    file = fine ? copenssl_create_file(certificate_path, 0644) : 0;
    if (!file) {
        failure = fine ? "the certificate file cannot be created" : "the key file cannot be written";
        goto end;
    }
    fine = PEM_write_X509(file, certificate);
    if (fclose(file) != 0 || !fine) failure = "the certificate file cannot be written";
end:
    BN_free(serial);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return failure;
}
#endif
