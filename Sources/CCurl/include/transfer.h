// One transfer of libcurl. Its options are set by a function with a variable number of arguments, which Swift cannot
// call, and its bytes come and go through callbacks; here are the few forms that are needed.
#ifndef CCURL_TRANSFER_H
#define CCURL_TRANSFER_H
#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline int ccurl_global(void) { return (int)curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode ccurl_set_text(CURL *transfer, CURLoption option, const char *value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_number(CURL *transfer, CURLoption option, long value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_list(CURL *transfer, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(transfer, option, list);
}

// What is sent: the caller's bytes and how many of them have gone.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
} ccurl_source;

static inline size_t ccurl_read(char *into, size_t size, size_t count, void *context) {
    ccurl_source *source = (ccurl_source *)context;
    size_t left = source->count - source->position;
    size_t piece = size * count < left ? size * count : left;
    memcpy(into, source->bytes + source->position, piece);
    source->position += piece;
    return piece;
}

// libcurl starts again from the beginning, after a redirect of a kept connection that had died for example.
static inline int ccurl_seek(void *context, curl_off_t offset, int origin) {
    ccurl_source *source = (ccurl_source *)context;
    if (origin != SEEK_SET || offset < 0 || (size_t)offset > source->count) return CURL_SEEKFUNC_CANTSEEK;
    source->position = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static inline CURLcode ccurl_set_source(CURL *transfer, ccurl_source *source) {
    CURLcode code = curl_easy_setopt(transfer, CURLOPT_READFUNCTION, ccurl_read);
    if (code == CURLE_OK) code = curl_easy_setopt(transfer, CURLOPT_READDATA, source);
    if (code == CURLE_OK) code = curl_easy_setopt(transfer, CURLOPT_SEEKFUNCTION, ccurl_seek);
    if (code == CURLE_OK) code = curl_easy_setopt(transfer, CURLOPT_SEEKDATA, source);
    return code;
}

// What is received: grows up to `limit` bytes; a longer answer fails the transfer with CURLE_WRITE_ERROR.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    size_t limit;
} ccurl_sink;

static inline size_t ccurl_write(char *bytes, size_t size, size_t count, void *context) {
    ccurl_sink *sink = (ccurl_sink *)context;
    size_t piece = size * count;
    if (piece > sink->limit - sink->count) return 0;
    if (piece > sink->capacity - sink->count) {
        size_t capacity = sink->capacity ? sink->capacity : 4096;
        while (capacity < sink->count + piece) capacity *= 2;
        uint8_t *grown = (uint8_t *)realloc(sink->bytes, capacity);
        if (!grown) return 0;
        sink->bytes = grown;
        sink->capacity = capacity;
    }
    memcpy(sink->bytes + sink->count, bytes, piece);
    sink->count += piece;
    return piece;
}

static inline CURLcode ccurl_set_sink(CURL *transfer, ccurl_sink *sink) {
    CURLcode code = curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, ccurl_write);
    if (code == CURLE_OK) code = curl_easy_setopt(transfer, CURLOPT_WRITEDATA, sink);
    return code;
}

static inline void ccurl_sink_free(ccurl_sink *sink) {
    free(sink->bytes);
    sink->bytes = NULL;
}

// The last status of the server: of HTTP, or of SMTP.
static inline long ccurl_status(CURL *transfer) {
    long status = 0;
    curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
#endif
