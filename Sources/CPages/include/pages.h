// The files of the pages, as they are in Sources/CompanionServer/Pages, inside the program.
#ifndef CPAGES_H
#define CPAGES_H
#include <stddef.h>

typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} cpages_file;

// All of them; the last entry has no name.
const cpages_file *cpages_files(void);

#endif
