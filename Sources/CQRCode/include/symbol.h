// QR codes: libqrencode's answer is a structure with a pointer to one byte per module, of which bit 0 is its colour.
#ifndef CQRCODE_SYMBOL_H
#define CQRCODE_SYMBOL_H
#include <qrencode.h>
#include <stddef.h>
#include <stdint.h>

// The smallest code with medium error correction that holds these bytes, or NULL when they are too many.
static inline QRcode *cqrcode_encode(const uint8_t *bytes, size_t count) {
    return QRcode_encodeData((int)count, bytes, 0, QR_ECLEVEL_M);
}

static inline int cqrcode_is_dark(const QRcode *code, int row, int column) {
    return code->data[row * code->width + column] & 1;
}
#endif
