// The functions that allocate memory and count references, put in front of the real ones: each calls `count(kind, n)`,
// which whoever includes this defines beforehand. The linker binds the calls of program and libraries to these.
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
void *malloc(size_t size) { return count(MALLOC, 1), __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return count(MALLOC, 1), __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { return count(MALLOC, 1), __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return count(MALLOC, 1), __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count(MALLOC, 1), __libc_memalign(alignment, size); }
int posix_memalign(void **into, size_t alignment, size_t size) {
    count(MALLOC, 1);
    *into = __libc_memalign(alignment, size);
    return *into ? 0 : 12;
}

#define FORWARD(name, kind)                                                \
    void *name(void *object) {                                             \
        static void *(*next)(void *);                                      \
        if (!next) next = (void *(*)(void *))dlsym(RTLD_NEXT, #name);      \
        count(kind, 1);                                                    \
        return next(object);                                               \
    }
FORWARD(swift_retain, RETAIN)
FORWARD(swift_release, RELEASE)
FORWARD(swift_bridgeObjectRetain, RETAIN)
FORWARD(swift_bridgeObjectRelease, RELEASE)

#define FORWARD_N(name, kind)                                                               \
    void *name(void *object, uint32_t number) {                                             \
        static void *(*next)(void *, uint32_t);                                             \
        if (!next) next = (void *(*)(void *, uint32_t))dlsym(RTLD_NEXT, #name);             \
        count(kind, number);                                                                \
        return next(object, number);                                                        \
    }
FORWARD_N(swift_retain_n, RETAIN)
FORWARD_N(swift_release_n, RELEASE)
FORWARD_N(swift_bridgeObjectRetain_n, RETAIN)
FORWARD_N(swift_bridgeObjectRelease_n, RELEASE)
