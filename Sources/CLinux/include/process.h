// Limits and identity of the process and its threads.
#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H
#include <stdint.h>

// Raises the limit of open descriptors as far as the system allows; returns the limit in force.
uint64_t clinux_raise_descriptor_limit(void);

// Secrets stay out of core dumps and out of reach of other processes of this user.
void clinux_forbid_core_dumps(void);

// The name of the calling thread, 15 bytes at most.
void clinux_name_thread(const char *name);

// Writing to a connection that the other side has closed is an error, not the end of the process.
void clinux_ignore_broken_pipes(void);

// From the return on, a signal of this number is an event of the eventfd that is returned (for each number one, which
// stays open), and nothing else; -errno.
int clinux_expect_signal(int number);

// From now on signals of this number are ignored.
void clinux_ignore_signal(int number);
#endif
